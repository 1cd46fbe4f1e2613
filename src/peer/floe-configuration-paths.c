/* SPDX-License-Identifier: MPL-2.0 */
/* How paths are looked for: properties, and what the library makes of them. */
#include "floe-configuration-private.h"

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
  PROP_PRIVACY_LEVEL,
  PROP_TRICKLE,
  PROP_STRATEGY_MEMORY,
  PROP_MAX_PUNCH_SOCKETS,
  PROP_MAX_PUNCH_PROBES,
  PROP_MAX_PUNCH_RATE,
};

static const GParamFlags flags =
    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

static void
install_nat (GObjectClass *object_class)
{
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
   * FloeConfiguration:strategy-memory:
   *
   * What connections with this configuration have learned of networks.
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_STRATEGY_MEMORY,
      g_param_spec_string ("strategy-memory", NULL, NULL, NULL, flags));
}

static void
install_limits (GObjectClass *object_class)
{
  /**
   * FloeConfiguration:max-punch-sockets:
   *
   * How many sockets punching may open; 0 for the default (floe_configuration_set_punch_limits()).
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_MAX_PUNCH_SOCKETS,
      g_param_spec_uint ("max-punch-sockets", NULL, NULL, 0, G_MAXUINT, 0, flags));
  /**
   * FloeConfiguration:max-punch-probes:
   *
   * How many packets punching may send; 0 for the default (floe_configuration_set_punch_limits()).
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_MAX_PUNCH_PROBES,
      g_param_spec_uint ("max-punch-probes", NULL, NULL, 0, G_MAXUINT, 0, flags));
  /**
   * FloeConfiguration:max-punch-rate:
   *
   * How many packets a second punching may send; 0 for the default
   * (floe_configuration_set_punch_limits()).
   *
   * Since: 1.0
   */
  g_object_class_install_property (
      object_class, PROP_MAX_PUNCH_RATE,
      g_param_spec_uint ("max-punch-rate", NULL, NULL, 0, G_MAXUINT, 0, flags));
}

/* What the peer is told, and when. */
static void
install_signaling (GObjectClass *object_class)
{
  /**
   * FloeConfiguration:privacy-level:
   *
   * What of this machine's addresses may leave it.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_PRIVACY_LEVEL,
                                   g_param_spec_enum ("privacy-level", NULL, NULL,
                                                      FLOE_TYPE_PRIVACY_LEVEL,
                                                      FLOE_PRIVACY_LEVEL_OPEN, flags));
  /**
   * FloeConfiguration:trickle:
   *
   * Whether candidates are exchanged as they come, and not only with the descriptions.
   *
   * Since: 1.0
   */
  g_object_class_install_property (object_class, PROP_TRICKLE,
                                   g_param_spec_boolean ("trickle", NULL, NULL, TRUE, flags));
}

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
  install_signaling (object_class);
  install_nat (object_class);
  install_limits (object_class);
}

void
floe_configuration_init_paths (FloeConfiguration *self)
{
  self->paths.punching = FLOE_PUNCHING_ONE_SIDED;
  self->paths.relay_start_ms = FLOE_STRATEGY_OWN_START;
  self->paths.relay_warm_ms = DEFAULT_RELAY_WARM_MS;
  self->paths.trickle = TRUE;
  self->paths.memory = floe_way_memory_new ();
}

void
floe_configuration_clear_paths (FloeConfiguration *self)
{
  g_clear_pointer (&self->paths.report, floe_nat_report_unref);
  g_clear_pointer (&self->paths.known, floe_nat_report_unref);
  g_clear_pointer (&self->paths.summary, g_free);
  g_clear_pointer (&self->paths.memory, floe_way_memory_free);
}

void
floe_configuration_copy_paths (FloeConfiguration *self, const FloeConfiguration *other)
{
  floe_configuration_clear_paths (self);
  self->paths = other->paths;
  self->paths.known = NULL;
  self->paths.memory = floe_way_memory_new ();
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
         && a->trickle == b->trickle && a->max_sockets == b->max_sockets
         && a->max_probes == b->max_probes && a->max_probe_rate == b->max_probe_rate;
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
    case PROP_PRIVACY_LEVEL:
      g_value_set_enum (value, self->privacy);
      return TRUE;
    case PROP_TRICKLE:
      g_value_set_boolean (value, self->paths.trickle);
      return TRUE;
    case PROP_STRATEGY_MEMORY:
      g_value_take_string (value, floe_configuration_get_strategy_memory (self));
      return TRUE;
    case PROP_MAX_PUNCH_SOCKETS:
      g_value_set_uint (value, self->paths.max_sockets);
      return TRUE;
    case PROP_MAX_PUNCH_PROBES:
      g_value_set_uint (value, self->paths.max_probes);
      return TRUE;
    case PROP_MAX_PUNCH_RATE:
      g_value_set_uint (value, self->paths.max_probe_rate);
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
  const FloeConfigurationPaths *paths = &self->paths;

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
    case PROP_PRIVACY_LEVEL:
      floe_configuration_set_privacy_level (self, g_value_get_enum (value));
      return TRUE;
    case PROP_TRICKLE:
      floe_configuration_set_trickle (self, g_value_get_boolean (value));
      return TRUE;
    case PROP_STRATEGY_MEMORY:
      floe_configuration_set_strategy_memory (self, g_value_get_string (value));
      return TRUE;
    case PROP_MAX_PUNCH_SOCKETS:
      floe_configuration_set_punch_limits (self, g_value_get_uint (value), paths->max_probes,
                                           paths->max_probe_rate);
      return TRUE;
    case PROP_MAX_PUNCH_PROBES:
      floe_configuration_set_punch_limits (self, paths->max_sockets, g_value_get_uint (value),
                                           paths->max_probe_rate);
      return TRUE;
    case PROP_MAX_PUNCH_RATE:
      floe_configuration_set_punch_limits (self, paths->max_sockets, paths->max_probes,
                                           g_value_get_uint (value));
      return TRUE;
    default:
      return FALSE;
    }
}

FloeStrategyConfig
floe_configuration_get_strategy_config (const FloeConfiguration *self, gboolean is_metered)
{
  const FloeConfigurationPaths *paths = &self->paths;
  gboolean may_punch = floe_configuration_get_privacy_rules (self).may_punch;

  return (FloeStrategyConfig){
    .strategy = paths->strategy,
    .policy = floe_configuration_get_effective_policy (self),
    .has_ice_tcp = self->ice_tcp,
    .is_metered = is_metered,
    .punching = may_punch ? paths->punching : FLOE_PUNCHING_NONE,
    .fail_after_ms = self->ice_failed_timeout_ms,
    .max_sockets = paths->max_sockets,
    .max_probes = paths->max_probes,
    .max_rate = paths->max_probe_rate,
    .has_relay_start = paths->relay_start_ms != FLOE_STRATEGY_OWN_START,
    .relay_start_ms =
        paths->relay_start_ms != FLOE_STRATEGY_OWN_START ? (guint) paths->relay_start_ms : 0,
  };
}
