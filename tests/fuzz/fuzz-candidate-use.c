/* SPDX-License-Identifier: MPL-2.0 */
/* Where a peer's candidate may lead us, once it is given to libnice.
 *
 * Properties: what is refused says why; what is allowed is one address that GIO takes for no
 * multicast, unspecified, or (without leave) loopback or link-local one, and no port below 1024 but
 * those of the web on public hosts; it is the same when it comes back from libnice. */
#include "floe-candidate-convert-private.h"
#include "floe-candidate-guard-private.h"
#include "floe-local-addresses-private.h"

#include <gio/gio.h>
#include <string.h>

#define FIRST_USER_PORT 1024

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

static void
check_target (const FloeCandidate *candidate, gboolean allows_local)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (candidate->address);

  g_assert_nonnull (address);
  g_assert_false (g_inet_address_get_is_any (address));
  g_assert_false (g_inet_address_get_is_multicast (address));
  g_assert_true (allows_local || !g_inet_address_get_is_loopback (address));
  g_assert_true (allows_local || !g_inet_address_get_is_link_local (address));
  if (candidate->port < FIRST_USER_PORT)
    {
      g_assert_true (candidate->port == 80 || candidate->port == 443);
      g_assert_false (g_inet_address_get_is_site_local (address));
    }
}

static void
check_again (const FloeCandidate *candidate, const NiceCandidate *nice)
{
  g_autoptr (GInetAddress) before = g_inet_address_new_from_string (candidate->address);
  g_autoptr (GInetAddress) after = NULL;
  FloeCandidate again;

  floe_candidate_from_nice (&again, nice, NULL);
  after = g_inet_address_new_from_string (again.address);
  g_assert_nonnull (after);
  g_assert_true (g_inet_address_equal (before, after));
  g_assert_cmpuint (again.port, ==, candidate->port);
  g_assert_cmpuint (again.priority, ==, candidate->priority);
  g_assert_cmpint (again.transport, ==, candidate->transport);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GArray) addresses = g_array_new (FALSE, TRUE, sizeof (FloeLocalAddress));
  FloeNat64 nat64 = { 0 };
  FloeCandidate candidate;
  const char *why = NULL;
  NiceCandidate *nice;

  if (!floe_candidate_parse (&candidate, text, NULL))
    return 0;
  nice = floe_candidate_to_nice (&candidate, &why);
  g_assert_true ((nice == NULL) == (why != NULL));
  if (nice == NULL)
    return 0;
  check_again (&candidate, nice);
  for (int allows_local = FALSE; allows_local <= TRUE; allows_local++)
    {
      const FloeCandidateRules rules = { addresses, &nat64, allows_local };

      if (floe_candidate_guard_allows (nice, &rules))
        check_target (&candidate, allows_local);
    }
  nice_candidate_free (nice);
  return 0;
}
