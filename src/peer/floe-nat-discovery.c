/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-discovery-private.h"

/**
 * FloeNatDiscovery:
 *
 * Finds out what the network does to packets: whether UDP gets out, what the NAT does with ports,
 * and who may send to this host (RFC 5780, RFC 4787). It asks the STUN and TURN servers of a
 * configuration, all at once, from each interface and for IPv4 and IPv6 apart.
 *
 * An object belongs to the main context that was thread-default when it was made; it is used there
 * only, and all callbacks and signals come there. Measuring itself happens in the network thread.
 * What was measured is kept for ten minutes in memory, for all objects of the process: a second run
 * on the same network answers at once.
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (FloeNatDiscovery, floe_nat_discovery, G_TYPE_OBJECT)

enum
{
  PROP_CONFIGURATION = 1,
  PROP_CACHE_FILE,
  PROP_BACKGROUND,
  PROP_REPORTS,
  N_PROPS,
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
post_changed (FloeNatSurvey *survey)
{
  floe_nat_survey_post (survey, floe_nat_order_new (FLOE_NAT_ORDER_CHANGED, NULL));
}

/* In any thread. */
static void
on_network_changed (gpointer data, gpointer unused)
{
  post_changed (data);
}

static void
watch_network (FloeNatDiscovery *self)
{
  if (self->network == NULL)
    self->network = floe_network_watch_new (on_network_changed, floe_nat_survey_ref (self->survey),
                                            (GDestroyNotify) floe_nat_survey_unref);
}

static void
unwatch_network (FloeNatDiscovery *self)
{
  g_clear_pointer (&self->network, floe_network_watch_free);
}

void
floe_nat_discovery_publish (FloeNatDiscovery *self, GPtrArray *reports)
{
  g_ptr_array_unref (self->reports);
  self->reports = g_ptr_array_ref (reports);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REPORTS]);
  /* A handler may have closed it. */
  if (self->survey != NULL)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
floe_nat_discovery_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FloeNatDiscovery *self = FLOE_NAT_DISCOVERY (object);

  switch (prop_id)
    {
    case PROP_CONFIGURATION:
      g_value_set_object (value, self->configuration);
      break;
    case PROP_CACHE_FILE:
      g_value_set_object (value, self->cache_file);
      break;
    case PROP_BACKGROUND:
      g_value_set_boolean (value, self->is_background);
      break;
    case PROP_REPORTS:
      g_value_set_boxed (value, self->reports);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_nat_discovery_set_property (GObject *object, guint prop_id, const GValue *value,
                                 GParamSpec *pspec)
{
  FloeNatDiscovery *self = FLOE_NAT_DISCOVERY (object);

  switch (prop_id)
    {
    case PROP_CONFIGURATION:
      self->configuration = g_value_dup_object (value);
      break;
    case PROP_CACHE_FILE:
      floe_nat_discovery_set_cache_file (self, g_value_get_object (value));
      break;
    case PROP_BACKGROUND:
      floe_nat_discovery_set_background (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
post_background (FloeNatDiscovery *self)
{
  /* Without a plan the servers stay as they are, and so does a run that is waited for. */
  g_autoptr (FloeNatPlan) plan = self->is_background ? floe_nat_discovery_make_plan (self) : NULL;
  FloeNatOrder *order = floe_nat_order_new (FLOE_NAT_ORDER_BACKGROUND, plan);

  order->is_set = self->is_background;
  floe_nat_survey_post (self->survey, order);
}

/* What goes on by itself is not to go on as it was allowed to before. */
static void
on_privacy_changed (FloeNatDiscovery *self)
{
  if (self->is_background && self->survey != NULL)
    post_background (self);
}

static void
floe_nat_discovery_constructed (GObject *object)
{
  FloeNatDiscovery *self = FLOE_NAT_DISCOVERY (object);

  G_OBJECT_CLASS (floe_nat_discovery_parent_class)->constructed (object);
  if (self->configuration == NULL)
    self->configuration = floe_configuration_new ();
  g_signal_connect_object (self->configuration, "notify::privacy-level",
                           G_CALLBACK (on_privacy_changed), self, G_CONNECT_SWAPPED);
}

static void
floe_nat_discovery_dispose (GObject *object)
{
  floe_nat_discovery_close (FLOE_NAT_DISCOVERY (object));
  G_OBJECT_CLASS (floe_nat_discovery_parent_class)->dispose (object);
}

static void
floe_nat_discovery_finalize (GObject *object)
{
  FloeNatDiscovery *self = FLOE_NAT_DISCOVERY (object);

  g_clear_object (&self->configuration);
  g_clear_object (&self->cache_file);
  g_ptr_array_unref (self->reports);
  g_ptr_array_unref (self->waiting);
  floe_mailbox_unref (self->facts);
  g_main_context_unref (self->context);
  G_OBJECT_CLASS (floe_nat_discovery_parent_class)->finalize (object);
}

static void
floe_nat_discovery_class_init (FloeNatDiscoveryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = floe_nat_discovery_get_property;
  object_class->set_property = floe_nat_discovery_set_property;
  object_class->constructed = floe_nat_discovery_constructed;
  object_class->dispose = floe_nat_discovery_dispose;
  object_class->finalize = floe_nat_discovery_finalize;

  /**
   * FloeNatDiscovery:configuration:
   *
   * The servers to ask, and from which interfaces. Each run goes by what it says then.
   *
   * Since: 1.0
   */
  properties[PROP_CONFIGURATION] =
      g_param_spec_object ("configuration", NULL, NULL, FLOE_TYPE_CONFIGURATION,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  /**
   * FloeNatDiscovery:cache-file:
   *
   * Where to remember networks between runs of the program, or %NULL not to.
   *
   * Since: 1.0
   */
  properties[PROP_CACHE_FILE] = g_param_spec_object ("cache-file", NULL, NULL, G_TYPE_FILE, flags);
  /**
   * FloeNatDiscovery:background:
   *
   * Whether to keep the reports up to date without being asked to.
   *
   * Since: 1.0
   */
  properties[PROP_BACKGROUND] = g_param_spec_boolean ("background", NULL, NULL, FALSE, flags);
  /**
   * FloeNatDiscovery:reports: (type GLib.PtrArray(FloeNatReport))
   *
   * What is known by now, the best way out first.
   *
   * Since: 1.0
   */
  properties[PROP_REPORTS] = g_param_spec_boxed ("reports", NULL, NULL, G_TYPE_PTR_ARRAY,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * FloeNatDiscovery::changed:
   * @self: the discovery
   *
   * Is emitted when floe_nat_discovery_get_reports() says more: several times in a run, when a run
   * is over, and in the background whenever the network has changed. The object may be closed or
   * dropped in a handler.
   *
   * Since: 1.0
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
floe_nat_discovery_init (FloeNatDiscovery *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->reports = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_nat_report_unref);
  self->waiting = floe_nat_discovery_make_waiting ();
  self->facts = floe_mailbox_new (self->context, &floe_nat_discovery_fact_funcs, self, 0, 0);
  self->survey = floe_nat_survey_new (self->facts);
}

/**
 * floe_nat_discovery_new:
 * @configuration: (nullable): the servers to ask, and from which interfaces; a reference is taken
 *
 * Makes an object that finds out what the network does. With a privacy level from
 * %FLOE_PRIVACY_LEVEL_DEFAULT_ROUTE on it asks by the default route only, and with
 * %FLOE_PRIVACY_LEVEL_RELAY_ONLY nobody. Nothing is sent before
 * floe_nat_discovery_run_async() or floe_nat_discovery_set_background().
 *
 * Returns: (transfer full): the new object
 * Since: 1.0
 */
FloeNatDiscovery *
floe_nat_discovery_new (FloeConfiguration *configuration)
{
  g_return_val_if_fail (configuration == NULL || FLOE_IS_CONFIGURATION (configuration), NULL);

  return g_object_new (FLOE_TYPE_NAT_DISCOVERY, "configuration", configuration, NULL);
}

/**
 * floe_nat_discovery_get_configuration:
 * @self: a discovery
 *
 * Gets the configuration that says what servers to ask. Changes to it count from the next call of
 * floe_nat_discovery_run_async() or floe_nat_discovery_set_background() on.
 *
 * Returns: (transfer none): the configuration
 * Since: 1.0
 */
FloeConfiguration *
floe_nat_discovery_get_configuration (FloeNatDiscovery *self)
{
  g_return_val_if_fail (FLOE_IS_NAT_DISCOVERY (self), NULL);

  return self->configuration;
}

/**
 * floe_nat_discovery_set_cache_file:
 * @self: a discovery
 * @file: (nullable) (transfer none): where to remember networks, or %NULL not to
 *
 * Sets a file that remembers networks between runs of the program, for a week. What it says of the
 * present network is told by floe_nat_discovery_get_reports() while the first run is under way; it
 * never takes the place of a run. It is read and written in the background, for the owner alone,
 * replaced as a whole, and holds no addresses and no servers: networks by a hash, external
 * addresses by their network. A file that is broken counts as empty. Set it before the first run.
 *
 * Since: 1.0
 */
void
floe_nat_discovery_set_cache_file (FloeNatDiscovery *self, GFile *file)
{
  g_return_if_fail (FLOE_IS_NAT_DISCOVERY (self));
  g_return_if_fail (file == NULL || G_IS_FILE (file));

  if (g_set_object (&self->cache_file, file))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CACHE_FILE]);
}

/**
 * floe_nat_discovery_get_cache_file:
 * @self: a discovery
 *
 * Gets the file that remembers networks.
 *
 * Returns: (transfer none) (nullable): the file that was set
 * Since: 1.0
 */
GFile *
floe_nat_discovery_get_cache_file (FloeNatDiscovery *self)
{
  g_return_val_if_fail (FLOE_IS_NAT_DISCOVERY (self), NULL);

  return self->cache_file;
}

/**
 * floe_nat_discovery_set_background:
 * @self: a discovery
 * @background: whether to keep the reports up to date
 *
 * Sets whether to measure without being asked to: now, when the network has changed
 * (#GNetworkMonitor), and every half hour. How long mappings live is measured then only, for it
 * takes minutes. What the configuration says when this is called holds for all of it, but for
 * #FloeConfiguration:privacy-level, which is followed. Does nothing after
 * floe_nat_discovery_close().
 *
 * Since: 1.0
 */
void
floe_nat_discovery_set_background (FloeNatDiscovery *self, gboolean background)
{
  g_return_if_fail (FLOE_IS_NAT_DISCOVERY (self));

  if (self->is_background == !!background || self->survey == NULL)
    return;
  self->is_background = !!background;
  post_background (self);
  if (self->is_background)
    watch_network (self);
  else
    unwatch_network (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKGROUND]);
}

/**
 * floe_nat_discovery_get_background:
 * @self: a discovery
 *
 * Gets whether the reports are kept up to date.
 *
 * Returns: %TRUE when they are
 * Since: 1.0
 */
gboolean
floe_nat_discovery_get_background (FloeNatDiscovery *self)
{
  g_return_val_if_fail (FLOE_IS_NAT_DISCOVERY (self), FALSE);

  return self->is_background;
}

/**
 * floe_nat_discovery_get_reports:
 * @self: a discovery
 *
 * Gets what is known by now: of the last run, or, while the first one is under way, what it has
 * found so far and what the cache file remembers of this network.
 *
 * Returns: (transfer none) (element-type FloeNatReport): a report for each interface and address
 *   family, the best way out first; not to be changed. It stays as it is: when more is known, there
 *   is another array
 * Since: 1.0
 */
GPtrArray *
floe_nat_discovery_get_reports (FloeNatDiscovery *self)
{
  g_return_val_if_fail (FLOE_IS_NAT_DISCOVERY (self), NULL);

  return self->reports;
}

/**
 * floe_nat_discovery_close:
 * @self: a discovery
 *
 * Ends all that is under way, and the background. Pending runs fail with %FLOE_ERROR_ABORT.
 * Dropping the last reference does the same. May be called again, and in any callback or handler.
 *
 * Since: 1.0
 */
void
floe_nat_discovery_close (FloeNatDiscovery *self)
{
  g_return_if_fail (FLOE_IS_NAT_DISCOVERY (self));

  if (self->survey == NULL)
    return;
  unwatch_network (self);
  self->is_background = FALSE;
  floe_mailbox_close (self->facts);
  floe_nat_survey_post (self->survey, floe_nat_order_new (FLOE_NAT_ORDER_CLOSE, NULL));
  g_clear_pointer (&self->survey, floe_nat_survey_unref);
  floe_nat_discovery_abort (self);
}
