/* SPDX-License-Identifier: MPL-2.0 */
/* Properties: an offer that was applied can be answered, the answer can be applied on our side and
 * so can the offer that follows; a text is either taken as an answer to our offer, or refused
 * without a change. */
#include "floe-jsep-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static FloeJsep *
new_jsep (void)
{
  const FloeJsepIdentity identity = {
    .ufrag = "ufrag",
    .pwd = "password01234567890123",
    .fingerprint = "sha-256 01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
                   "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF",
    .session_id = 1,
    .max_message_size = 262144,
    .max_channels = 1024,
  };
  FloeJsep *jsep = floe_jsep_new (&identity);

  floe_jsep_want_data (jsep);
  return jsep;
}

static gboolean
apply (FloeJsep *jsep, FloeJsepSide side, FloeSdpType type, const char *sdp)
{
  g_auto (FloeJsepActions) actions = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean is_applied = floe_jsep_apply (jsep, side, type, sdp, &actions, &error);

  g_assert_true (is_applied == (error == NULL));
  if (is_applied && actions.has_remote)
    g_assert_cmpuint (g_strv_length (actions.remote.fingerprints), <=, FLOE_MAX_FINGERPRINTS);
  if (is_applied)
    g_assert_cmpuint (actions.candidates->len, <=, FLOE_MAX_DESCRIPTION_CANDIDATES);
  return is_applied;
}

/* The text is what a peer offers, twice; we answer and then offer ourselves. */
static void
take_as_offer (const char *text)
{
  g_autoptr (FloeJsep) jsep = new_jsep ();

  for (guint round = 0; round < 2; round++)
    {
      g_autofree char *answer = NULL;
      g_autofree char *shown = NULL;
      FloeSdpType type;

      if (!apply (jsep, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_OFFER, text))
        {
          g_assert_cmpint (floe_jsep_get_signaling_state (jsep), ==, FLOE_SIGNALING_STATE_STABLE);
          return;
        }
      answer = floe_jsep_create_answer (jsep, NULL);
      g_assert_nonnull (answer);
      g_assert_true (apply (jsep, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_ANSWER, answer));
      shown = floe_jsep_get_description (jsep, FLOE_JSEP_REMOTE, FLOE_JSEP_CURRENT, &type);
      g_assert_nonnull (shown);
    }
  /* No room for a section more is the one reason not to offer. */
  if (apply (jsep, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_OFFER, NULL))
    apply (jsep, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_ANSWER, text);
}

/* The text is what a peer answers to our offer. */
static void
take_as_answer (const char *text)
{
  g_autoptr (FloeJsep) jsep = new_jsep ();
  gboolean is_used;

  g_assert_true (apply (jsep, FLOE_JSEP_LOCAL, FLOE_SDP_TYPE_OFFER, NULL));
  if (apply (jsep, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_PRANSWER, text))
    g_assert_true (apply (jsep, FLOE_JSEP_REMOTE, FLOE_SDP_TYPE_ANSWER, text));
  else
    g_assert_cmpint (floe_jsep_get_signaling_state (jsep), ==,
                     FLOE_SIGNALING_STATE_HAVE_LOCAL_OFFER);
  floe_jsep_add_remote_candidate (jsep, NULL, "0", -1, NULL, &is_used, NULL);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);

  take_as_offer (text);
  take_as_answer (text);
  return 0;
}
