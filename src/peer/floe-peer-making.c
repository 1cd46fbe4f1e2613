/* SPDX-License-Identifier: MPL-2.0 */
/* How a connection comes about, and the main context that it is made and called on. */
#include "floe-peer-connection-private.h"

#include <floe/floe-error.h>

#include "floe-configuration-private.h"
#include "floe-ice-server-private.h"
#include "floe-random-private.h"

/* So many facts are told before the application's other sources get their turn. */
#define MAX_FACTS_PER_DISPATCH 64

/* RFC 8839 section 5.4 asks for 24 bits in the ufrag and 128 in the password, 6 a character. */
#define UFRAG_LENGTH 8
#define PWD_LENGTH 24

/* Makes the connection's context the thread-default one, where it is not.
 *
 * Returns: whether it did, and has to be undone; FALSE, too, when another thread runs the context
 */
static gboolean
enter_context (FloePeerConnection *self)
{
  g_autoptr (GMainContext) present = g_main_context_ref_thread_default ();

  if (present == self->context || !g_main_context_acquire (self->context))
    return FALSE;
  g_main_context_push_thread_default (self->context);
  return TRUE;
}

static void
leave_context (FloePeerConnection *self)
{
  g_main_context_pop_thread_default (self->context);
  g_main_context_release (self->context);
}

GTask *
floe_peer_task_new (FloePeerConnection *self, gpointer source_tag, GCancellable *cancellable,
                    GAsyncReadyCallback callback, gpointer user_data)
{
  gboolean has_entered = enter_context (self);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  if (has_entered)
    leave_context (self);
  g_task_set_source_tag (task, source_tag);
  return task;
}

/* Makes what has the configuration's values in it. */
static void
set_up (FloePeerConnection *self, FloeCertificate *certificate, GPtrArray *plan)
{
  FloeConfiguration *configuration = self->configuration;
  g_autofree char *pwd = floe_random_ice_string (PWD_LENGTH);
  g_autofree char *fingerprint = floe_certificate_get_fingerprint (certificate);
  FloeJsepIdentity identity = {
    .ufrag = self->ufrag,
    .pwd = pwd,
    .fingerprint = fingerprint,
    .session_id = floe_random_uint64 () >> 2,
    .max_message_size = floe_configuration_get_max_message_size (configuration),
    .max_channels = floe_configuration_get_max_channels (configuration),
    .hides_default = !floe_configuration_get_privacy_rules (configuration).tells_default,
    .is_whole = !floe_configuration_get_trickle (configuration),
  };
  FloeStackConfig config = {
    .certificate = certificate,
    .plan = plan,
    .ufrag = self->ufrag,
    .pwd = pwd,
    .interfaces = floe_configuration_get_interfaces (configuration),
    .include_loopback = floe_configuration_get_include_loopback (configuration),
    .privacy = floe_configuration_get_privacy_level (configuration),
    .allow_local_targets = configuration->allow_local_targets,
    .resolve_names = configuration->resolve_candidate_names,
    .relay_only = floe_configuration_get_ice_transport_policy (configuration)
                  == FLOE_ICE_TRANSPORT_POLICY_RELAY,
    .proxy_resolver = floe_configuration_get_proxy_resolver (configuration),
    .tls_database = floe_configuration_get_tls_database (configuration),
    .strategy = self->network.strategy,
    .relay_warm_ms = floe_configuration_get_relay_warm (configuration),
    .failed_timeout_ms = floe_configuration_get_ice_failed_timeout (configuration),
    .gather_timeout_ms = floe_configuration_get_gather_timeout (configuration),
    .max_channels = identity.max_channels,
    .max_message_size = identity.max_message_size,
  };

  floe_configuration_get_port_range (configuration, &config.min_port, &config.max_port);
  self->jsep = floe_jsep_new (&identity);
  self->facts =
      floe_mailbox_new (self->context, &floe_peer_fact_funcs, self, MAX_FACTS_PER_DISPATCH, 0);
  self->stack = floe_stack_new (&config, self->facts);
  floe_peer_channels_init (self);
  floe_peer_servers_init (self);
  floe_peer_watch_network (self);
  floe_peer_nat_start (self);
}

static gboolean
check_certificate (FloeCertificate *certificate, GError **error)
{
  g_autoptr (GDateTime) expires = floe_certificate_get_expires (certificate);
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();

  if (expires != NULL && g_date_time_compare (expires, now) > 0)
    return TRUE;
  g_set_error_literal (
      error, FLOE_ERROR, FLOE_ERROR_INVALID_ACCESS,
      "The configuration's certificate is empty or has expired: set a new one, or none");
  return FALSE;
}

/* Makes all that can fail first. */
static gboolean
make (FloePeerConnection *self, GError **error)
{
  FloeConfiguration *configuration = self->configuration;
  const FloeIceTransportPolicy policy = floe_configuration_get_effective_policy (configuration);
  g_autoptr (GPtrArray) plan = NULL;
  FloeCertificate *certificate;

  plan =
      floe_ice_servers_to_plan (floe_configuration_get_ice_servers (configuration), policy, error);
  if (plan == NULL)
    return FALSE;
  if (floe_configuration_get_ice_tcp (configuration) && policy != FLOE_ICE_TRANSPORT_POLICY_RELAY)
    floe_ice_plan_add_tcp (plan);
  certificate = floe_configuration_ensure_certificate (configuration, error);
  if (certificate == NULL || !check_certificate (certificate, error))
    return FALSE;
  self->ufrag = floe_random_ice_string (UFRAG_LENGTH);
  floe_peer_nat_init (self);
  set_up (self, certificate, plan);
  return TRUE;
}

/* On a context that was given, for what is made may go by the thread-default one. */
gboolean
floe_peer_make (FloePeerConnection *self, GError **error)
{
  g_autoptr (GMainContext) present = g_main_context_ref_thread_default ();
  gboolean is_made;

  if (self->context == NULL)
    self->context = g_main_context_ref (present);
  if (self->context == present)
    return make (self, error);
  if (!enter_context (self))
    {
      g_set_error_literal (error, FLOE_ERROR, FLOE_ERROR_INVALID_STATE,
                           "Another thread runs the main context: make the connection there");
      return FALSE;
    }
  is_made = make (self, error);
  leave_context (self);
  return is_made;
}
