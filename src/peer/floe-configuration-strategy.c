/* SPDX-License-Identifier: MPL-2.0 */
/* What a configuration says of how paths are looked for. */
#include "floe-configuration-private.h"

#include <string.h>

#include <floe/floe-enum-types.h>

#define DEFAULT_RELAY_WARM_MS 10000

enum
{
  PROP_STRATEGY = FLOE_CONFIGURATION_FIRST_PATHS_PROP,
  PROP_NAT_DISCOVERY,
  PROP_NAT_REPORT,
  PROP_NAT_SUMMARY,
  PROP_PUNCHING,
  PROP_RELAY_START,
  PROP_RELAY_WARM,
};

static const GParamFlags flags =
    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

void
floe_configuration_install_paths (GObjectClass *object_class)
{
  /**
   * FloeConfiguration:strategy:
   *
   * Which kinds of paths get a head start.
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_STRATEGY,
      g_param_spec_enum ("strategy", NULL, NULL, FLOE_TYPE_STRATEGY, FLOE_STRATEGY_AUTO, flags));
  /**
   * FloeConfiguration:nat-discovery:
   *
   * How connections learn of the NAT that they are behind.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_NAT_DISCOVERY,
                                   g_param_spec_enum ("nat-discovery", NULL, NULL,
                                                      FLOE_TYPE_NAT_DISCOVERY_MODE,
                                                      FLOE_NAT_DISCOVERY_MODE_AUTOMATIC, flags));
  /**
   * FloeConfiguration:nat-report:
   *
   * What the application knows of the NAT; %NULL for what connections find out.
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_NAT_REPORT,
      g_param_spec_boxed ("nat-report", NULL, NULL, FLOE_TYPE_NAT_REPORT, flags));
  /**
   * FloeConfiguration:nat-summary:
   *
   * The same in words (floe_configuration_set_nat_summary()); %NULL for none.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_NAT_SUMMARY,
                                   g_param_spec_string ("nat-summary", NULL, NULL, NULL, flags));
  /**
   * FloeConfiguration:punching:
   *
   * Whether many sockets and packets may be used to cross hard NATs.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_PUNCHING,
                                   g_param_spec_enum ("punching", NULL, NULL, FLOE_TYPE_PUNCHING,
                                                      FLOE_PUNCHING_ONE_SIDED, flags));
  /**
   * FloeConfiguration:relay-start:
   *
   * How long after both descriptions are there the first relay is asked for, in milliseconds; -1
   * for what the strategy says.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_RELAY_START,
                                   g_param_spec_int ("relay-start", NULL, NULL,
                                                     FLOE_STRATEGY_OWN_START, G_MAXINT,
                                                     FLOE_STRATEGY_OWN_START, flags));
  /**
   * FloeConfiguration:relay-warm:
   *
   * How long relays are kept when a direct path carries, in milliseconds.
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_RELAY_WARM,
      g_param_spec_uint ("relay-warm", NULL, NULL, 1, G_MAXUINT, DEFAULT_RELAY_WARM_MS, flags));
}

void
floe_configuration_init_paths (FloeConfiguration *self)
{
  self->paths.punching = FLOE_PUNCHING_ONE_SIDED;
  self->paths.relay_start_ms = FLOE_STRATEGY_OWN_START;
  self->paths.relay_warm_ms = DEFAULT_RELAY_WARM_MS;
}

void
floe_configuration_clear_paths (FloeConfiguration *self)
{
  g_clear_pointer (&self->paths.report, floe_nat_report_unref);
  g_clear_pointer (&self->paths.known, floe_nat_report_unref);
  g_clear_pointer (&self->paths.summary, g_free);
}

void
floe_configuration_copy_paths (FloeConfiguration *self, const FloeConfiguration *other)
{
  floe_configuration_clear_paths (self);
  self->paths = other->paths;
  self->paths.known = NULL;
  if (other->paths.report != NULL)
    self->paths.report = floe_nat_report_ref (other->paths.report);
  self->paths.summary = g_memdup2 (other->paths.summary, sizeof *other->paths.summary);
}

static gboolean
is_same_summary (const FloeNatSummary *a, const FloeNatSummary *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return floe_nat_summary_is_equal (a, b);
}

gboolean
floe_configuration_has_same_paths (const FloeConfiguration *self, const FloeConfiguration *other)
{
  const FloeConfigurationPaths *a = &self->paths, *b = &other->paths;

  return a->strategy == b->strategy && a->discovery == b->discovery && a->report == b->report
         && is_same_summary (a->summary, b->summary) && a->punching == b->punching
         && a->relay_start_ms == b->relay_start_ms && a->relay_warm_ms == b->relay_warm_ms
         && a->max_sockets == b->max_sockets && a->max_probes == b->max_probes
         && a->max_probe_rate == b->max_probe_rate;
}

gboolean
floe_configuration_get_paths_property (FloeConfiguration *self, guint prop_id, GValue *value)
{
  switch (prop_id)
    {
    case PROP_STRATEGY:
      g_value_set_enum (value, self->paths.strategy);
      return TRUE;
    case PROP_NAT_DISCOVERY:
      g_value_set_enum (value, self->paths.discovery);
      return TRUE;
    case PROP_NAT_REPORT:
      g_value_set_boxed (value, self->paths.report);
      return TRUE;
    case PROP_NAT_SUMMARY:
      g_value_take_string (value, floe_configuration_get_nat_summary (self));
      return TRUE;
    case PROP_PUNCHING:
      g_value_set_enum (value, self->paths.punching);
      return TRUE;
    case PROP_RELAY_START:
      g_value_set_int (value, self->paths.relay_start_ms);
      return TRUE;
    case PROP_RELAY_WARM:
      g_value_set_uint (value, self->paths.relay_warm_ms);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
set_summary_property (FloeConfiguration *self, const char *text)
{
  g_autoptr (GError) error = NULL;

  if (!floe_configuration_set_nat_summary (self, text, &error))
    g_warning ("FloeConfiguration:nat-summary: %s", error->message);
}

gboolean
floe_configuration_set_paths_property (FloeConfiguration *self, guint prop_id, const GValue *value)
{
  switch (prop_id)
    {
    case PROP_STRATEGY:
      floe_configuration_set_strategy (self, g_value_get_enum (value));
      return TRUE;
    case PROP_NAT_DISCOVERY:
      floe_configuration_set_nat_discovery (self, g_value_get_enum (value));
      return TRUE;
    case PROP_NAT_REPORT:
      floe_configuration_set_nat_report (self, g_value_get_boxed (value));
      return TRUE;
    case PROP_NAT_SUMMARY:
      set_summary_property (self, g_value_get_string (value));
      return TRUE;
    case PROP_PUNCHING:
      floe_configuration_set_punching (self, g_value_get_enum (value));
      return TRUE;
    case PROP_RELAY_START:
      floe_configuration_set_relay_start (self, g_value_get_int (value));
      return TRUE;
    case PROP_RELAY_WARM:
      floe_configuration_set_relay_warm (self, g_value_get_uint (value));
      return TRUE;
    default:
      return FALSE;
    }
}

FloeStrategyConfig
floe_configuration_get_strategy_config (const FloeConfiguration *self, gboolean is_metered)
{
  const FloeConfigurationPaths *paths = &self->paths;

  return (FloeStrategyConfig){
    .strategy = paths->strategy,
    .policy = self->ice_transport_policy,
    .has_ice_tcp = self->ice_tcp,
    .is_metered = is_metered,
    .punching = paths->punching,
    .fail_after_ms = self->ice_failed_timeout_ms,
    .max_sockets = paths->max_sockets,
    .max_probes = paths->max_probes,
    .max_rate = paths->max_probe_rate,
    .has_relay_start = paths->relay_start_ms != FLOE_STRATEGY_OWN_START,
    .relay_start_ms =
        paths->relay_start_ms != FLOE_STRATEGY_OWN_START ? (guint) paths->relay_start_ms : 0,
  };
}

/**
 * floe_configuration_set_strategy:
 * @self: a configuration
 * @strategy: the strategy, %FLOE_STRATEGY_AUTO for the one that fits both sides' NATs
 *
 * Sets which kinds of paths get a head start. Whatever is set, all kinds are tried in the end, and
 * what this side does together with the peer (foretelling ports, punching) stays as it is.
 *
 * Since: 1.0
 */
void
floe_configuration_set_strategy (FloeConfiguration *self, FloeStrategy strategy)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.strategy == strategy)
    return;
  self->paths.strategy = strategy;
  g_object_notify (G_OBJECT (self), "strategy");
}

/**
 * floe_configuration_get_strategy:
 * @self: a configuration
 *
 * Gets which kinds of paths get a head start.
 *
 * Returns: the strategy
 * Since: 1.0
 */
FloeStrategy
floe_configuration_get_strategy (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_STRATEGY_AUTO);

  return self->paths.strategy;
}

/**
 * floe_configuration_set_nat_discovery:
 * @self: a configuration
 * @mode: how connections learn of the NAT
 *
 * Sets how connections learn of the NAT that they are behind (#FloeNatDiscovery). With
 * %FLOE_NAT_DISCOVERY_MODE_AUTOMATIC the first connection on a network has the servers asked, once
 * it is made and if there is a STUN server among them, and later connections with this
 * configuration use what it found out for ten minutes. No connection waits for it: what is known
 * when the description is made is told in it (`a=floe-nat`, in words like those of
 * floe_configuration_set_nat_summary(), never an address), what is known later with a candidate.
 * Where %FLOE_ICE_TRANSPORT_POLICY_RELAY is set nothing is asked and nothing is told.
 *
 * Since: 1.0
 */
void
floe_configuration_set_nat_discovery (FloeConfiguration *self, FloeNatDiscoveryMode mode)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.discovery == mode)
    return;
  self->paths.discovery = mode;
  g_object_notify (G_OBJECT (self), "nat-discovery");
}

/**
 * floe_configuration_get_nat_discovery:
 * @self: a configuration
 *
 * Gets how connections learn of the NAT that they are behind.
 *
 * Returns: the mode
 * Since: 1.0
 */
FloeNatDiscoveryMode
floe_configuration_get_nat_discovery (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_NAT_DISCOVERY_MODE_OFF);

  return self->paths.discovery;
}

/**
 * floe_configuration_set_nat_report:
 * @self: a configuration
 * @report: (nullable) (transfer none): what a #FloeNatDiscovery of the application's own has found
 *   out, or %NULL
 *
 * Sets what is known of the NAT. Connections then ask nobody, whatever
 * #FloeConfiguration:nat-discovery says; the application sees to it that the report is of the
 * network that the host is on.
 *
 * Since: 1.0
 */
void
floe_configuration_set_nat_report (FloeConfiguration *self, FloeNatReport *report)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.report == report)
    return;
  g_clear_pointer (&self->paths.report, floe_nat_report_unref);
  self->paths.report = report != NULL ? floe_nat_report_ref (report) : NULL;
  g_object_notify (G_OBJECT (self), "nat-report");
}

/**
 * floe_configuration_get_nat_report:
 * @self: a configuration
 *
 * Gets what the application has said of the NAT.
 *
 * Returns: (transfer none) (nullable): the report that was set
 * Since: 1.0
 */
FloeNatReport *
floe_configuration_get_nat_report (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->paths.report;
}

/**
 * floe_configuration_set_nat_summary:
 * @self: a configuration
 * @summary: (nullable): what is known of the NAT, in words, or %NULL
 * @error: return location for an error, or %NULL
 *
 * Sets what is known of the NAT, for tests and for hosts whose NAT is known by other means. The
 * words are those that the peer is told: the number 1, then any of `udp-` and `nat-` and `poison-`
 * with yes or no, `map-` with ei, ad, apd or ed, `filter-` with ei, ad or apd, `alloc-` with keep,
 * seq, random or block, `step-` and `pool-` with a number, `sure-` with low, medium or high, and
 * `punch-` with yes or block; such as "1 udp-yes nat-yes map-ei filter-apd sure-high punch-yes".
 * It goes before a report. Nothing is asked then. Punching is offered only as far as
 * #FloeConfiguration:punching allows it, too.
 *
 * Fails with %FLOE_ERROR_SYNTAX when @summary is not of that form, and with
 * %FLOE_ERROR_NOT_SUPPORTED for another number. Nothing is changed then.
 *
 * Returns: %TRUE when it was set
 * Since: 1.0
 */
gboolean
floe_configuration_set_nat_summary (FloeConfiguration *self, const char *summary, GError **error)
{
  FloeNatSummary parsed;

  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FALSE);

  if (summary != NULL
      && !floe_nat_summary_parse (&parsed, summary,
                                  strchr (summary, ' ') != NULL ? FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE
                                                                : FLOE_NAT_SUMMARY_TOKEN,
                                  error))
    return FALSE;
  g_clear_pointer (&self->paths.summary, g_free);
  if (summary != NULL)
    self->paths.summary = g_memdup2 (&parsed, sizeof parsed);
  g_object_notify (G_OBJECT (self), "nat-summary");
  return TRUE;
}

/**
 * floe_configuration_get_nat_summary:
 * @self: a configuration
 *
 * Gets what was set with floe_configuration_set_nat_summary().
 *
 * Returns: (transfer full) (nullable): the words
 * Since: 1.0
 */
char *
floe_configuration_get_nat_summary (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  if (self->paths.summary == NULL)
    return NULL;
  return floe_nat_summary_serialize (self->paths.summary, FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE);
}

/**
 * floe_configuration_set_punching:
 * @self: a configuration
 * @punching: whether hard NATs may be crossed with many sockets and packets
 *
 * Sets whether this side takes part in punching. On a metered network (GNetworkMonitor) it never
 * does, nor where only relays may be used.
 *
 * Since: 1.0
 */
void
floe_configuration_set_punching (FloeConfiguration *self, FloePunching punching)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->paths.punching == punching)
    return;
  self->paths.punching = punching;
  g_object_notify (G_OBJECT (self), "punching");
}

/**
 * floe_configuration_get_punching:
 * @self: a configuration
 *
 * Gets whether hard NATs may be crossed with many sockets and packets.
 *
 * Returns: what is allowed
 * Since: 1.0
 */
FloePunching
floe_configuration_get_punching (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_PUNCHING_NONE);

  return self->paths.punching;
}

/**
 * floe_configuration_set_punch_limits:
 * @self: a configuration
 * @max_sockets: how many sockets at most are opened for it, 1 to 256; 0 for the default, 256
 * @max_probes: how many packets at most are sent for it, 1 to 2048; 0 for the default, 2048
 * @max_rate: how many packets a second at most, 1 to 250; 0 for the default, 200
 *
 * Sets what punching may cost. Larger values are the largest that are possible. All connections of
 * a process share one budget besides.
 *
 * Since: 1.0
 */
void
floe_configuration_set_punch_limits (FloeConfiguration *self, guint max_sockets, guint max_probes,
                                     guint max_rate)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  self->paths.max_sockets = max_sockets;
  self->paths.max_probes = max_probes;
  self->paths.max_probe_rate = max_rate;
}

/**
 * floe_configuration_get_punch_limits:
 * @self: a configuration
 * @max_sockets: (out) (optional): how many sockets at most; 0 for the default
 * @max_probes: (out) (optional): how many packets at most; 0 for the default
 * @max_rate: (out) (optional): how many packets a second at most; 0 for the default
 *
 * Gets what punching may cost.
 *
 * Since: 1.0
 */
void
floe_configuration_get_punch_limits (FloeConfiguration *self, guint *max_sockets, guint *max_probes,
                                     guint *max_rate)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (max_sockets != NULL)
    *max_sockets = self->paths.max_sockets;
  if (max_probes != NULL)
    *max_probes = self->paths.max_probes;
  if (max_rate != NULL)
    *max_rate = self->paths.max_probe_rate;
}

/**
 * floe_configuration_set_relay_start:
 * @self: a configuration
 * @delay_ms: milliseconds, or -1 for what the strategy says
 *
 * Sets how long after both descriptions are there the first relay is asked for; relays over TCP and
 * TLS move along. It is half the time until all has failed at most, so that there is always a last
 * resort.
 *
 * Since: 1.0
 */
void
floe_configuration_set_relay_start (FloeConfiguration *self, int delay_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (delay_ms >= FLOE_STRATEGY_OWN_START);

  if (self->paths.relay_start_ms == delay_ms)
    return;
  self->paths.relay_start_ms = delay_ms;
  g_object_notify (G_OBJECT (self), "relay-start");
}

/**
 * floe_configuration_get_relay_start:
 * @self: a configuration
 *
 * Gets how long after both descriptions are there the first relay is asked for.
 *
 * Returns: milliseconds, or -1 for what the strategy says
 * Since: 1.0
 */
int
floe_configuration_get_relay_start (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_STRATEGY_OWN_START);

  return self->paths.relay_start_ms;
}

/**
 * floe_configuration_set_relay_warm:
 * @self: a configuration
 * @time_ms: milliseconds, 1 or more; %G_MAXUINT for as long as the connection lasts
 *
 * Sets how long relays are kept when a direct path carries. With strategies that keep a relay warm
 * (%FLOE_STRATEGY_DIRECT_PATIENT, %FLOE_STRATEGY_TURN_FALLBACK) one of them stays longer.
 *
 * Since: 1.0
 */
void
floe_configuration_set_relay_warm (FloeConfiguration *self, guint time_ms)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (time_ms > 0);

  if (self->paths.relay_warm_ms == time_ms)
    return;
  self->paths.relay_warm_ms = time_ms;
  g_object_notify (G_OBJECT (self), "relay-warm");
}

/**
 * floe_configuration_get_relay_warm:
 * @self: a configuration
 *
 * Gets how long relays are kept when a direct path carries.
 *
 * Returns: milliseconds; %G_MAXUINT for as long as the connection lasts
 * Since: 1.0
 */
guint
floe_configuration_get_relay_warm (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->paths.relay_warm_ms;
}
