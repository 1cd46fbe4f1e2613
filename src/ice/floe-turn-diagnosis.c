/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-turn-diagnosis-private.h"

#include "floe-turn-cause-private.h"
#include "floe-turn-codec-private.h"

#define RTO_US (200 * G_TIME_SPAN_MILLISECOND)
#define SEND_COUNT 4
#define LIMIT_US (2 * G_TIME_SPAN_SECOND)

struct _FloeTurnDiagnosis
{
  FloeTurnDiagnosisFunc func;
  gpointer user_data;
  FloeStunAsker *asker;             /* (owned) */
  FloeStunCredentials *credentials; /* (owned) */
  gboolean is_returning;            /* the address was lent, and is given back */
};

static const FloeStunTiming timing = {
  .rto_us = RTO_US,
  .send_count = SEND_COUNT,
  .give_up_us = LIMIT_US,
};

static void
fill_allocate (FloeStunBuilder *builder, gpointer user_data)
{
  floe_turn_builder_add_transport (builder, FLOE_TURN_PROTOCOL_UDP);
}

/* RFC 8656 section 7.1: a LIFETIME of 0 asks to delete the allocation. */
static void
fill_return (FloeStunBuilder *builder, gpointer user_data)
{
  floe_turn_builder_add_lifetime (builder, 0);
}

static void
on_outcome (const FloeStunOutcome *outcome, gpointer user_data)
{
  FloeTurnDiagnosis *self = user_data;
  guint code = outcome->error_code;
  gboolean has_response = outcome->result == FLOE_STUN_RESULT_ERROR;

  if (self->is_returning)
    {
      self->func (0, NULL, NULL, self->user_data);
      return;
    }
  if (outcome->result == FLOE_STUN_RESULT_SUCCESS)
    {
      self->is_returning = TRUE;
      if (!floe_stun_asker_ask (self->asker, FLOE_STUN_METHOD_REFRESH, fill_return, NULL,
                                self->credentials, &timing))
        self->func (0, NULL, NULL, self->user_data);
      return;
    }
  if (outcome->result == FLOE_STUN_RESULT_TIMED_OUT
      || outcome->result == FLOE_STUN_RESULT_UNREACHABLE || code == 0)
    code = FLOE_CODE_UNREACHABLE;
  self->func (code, has_response ? &outcome->response : NULL, outcome->error, self->user_data);
}

FloeTurnDiagnosis *
floe_turn_diagnosis_new (const FloeStunAskerConfig *config, const char *username,
                         const char *credential, FloeTurnDiagnosisFunc func, gpointer user_data,
                         GError **error)
{
  g_autoptr (FloeStunCredentials) credentials =
      floe_stun_credentials_new_long_term (username, credential, error);
  FloeTurnDiagnosis *self;

  if (credentials == NULL)
    return NULL;
  self = g_new0 (FloeTurnDiagnosis, 1);
  self->func = func;
  self->user_data = user_data;
  self->asker = floe_stun_asker_new (config, on_outcome, self, error);
  if (self->asker == NULL)
    {
      g_free (self);
      return NULL;
    }
  self->credentials = g_steal_pointer (&credentials);
  floe_stun_asker_ask (self->asker, FLOE_STUN_METHOD_ALLOCATE, fill_allocate, NULL,
                       self->credentials, &timing);
  return self;
}

void
floe_turn_diagnosis_free (FloeTurnDiagnosis *self)
{
  floe_stun_asker_free (self->asker);
  floe_stun_credentials_unref (self->credentials);
  g_free (self);
}
