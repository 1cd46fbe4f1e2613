/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-configuration-private.h"

#include <floe/floe-enum-types.h>
#include <floe/floe-error.h>

/* RFC 8831 section 6.2 lets 65535 streams be; every one costs memory on both sides. */
#define DEFAULT_MAX_CHANNELS 1024
#define MAX_MAX_CHANNELS 65535

/* What Chromium takes; RFC 8831 section 6.6 asks to keep messages small without interleaving. */
#define DEFAULT_MAX_MESSAGE_SIZE (256 * 1024)

enum
{
  PROP_ICE_TRANSPORT_POLICY = 1,
  PROP_CERTIFICATE,
  PROP_INTERFACES,
  PROP_INCLUDE_LOOPBACK,
  PROP_ICE_TCP,
  PROP_MAX_CHANNELS,
  PROP_MAX_MESSAGE_SIZE,
  PROP_ICE_FAILED_TIMEOUT,
  PROP_PROXY_RESOLVER,
  PROP_TLS_DATABASE,
  PROP_SERVER_DIRECTORY,
  PROP_GATHER_TIMEOUT,
  N_PROPS,
};

/**
 * FloeConfiguration:
 *
 * What a connection is to be like: its servers, its certificate, and what it may use
 * (W3C RTCConfiguration).
 *
 * Since: 1.0
 */
G_DEFINE_FINAL_TYPE (FloeConfiguration, floe_configuration, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];

static void
floe_configuration_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  FloeConfiguration *self = FLOE_CONFIGURATION (object);

  switch (prop_id)
    {
    case PROP_ICE_TRANSPORT_POLICY:
      g_value_set_enum (value, self->ice_transport_policy);
      break;
    case PROP_CERTIFICATE:
      g_value_set_object (value, self->certificate);
      break;
    case PROP_INTERFACES:
      g_value_set_boxed (value, self->interfaces);
      break;
    case PROP_INCLUDE_LOOPBACK:
      g_value_set_boolean (value, self->include_loopback);
      break;
    case PROP_ICE_TCP:
      g_value_set_boolean (value, self->ice_tcp);
      break;
    case PROP_MAX_CHANNELS:
      g_value_set_uint (value, self->max_channels);
      break;
    case PROP_MAX_MESSAGE_SIZE:
      g_value_set_uint64 (value, self->max_message_size);
      break;
    case PROP_ICE_FAILED_TIMEOUT:
      g_value_set_uint (value, self->ice_failed_timeout_ms);
      break;
    case PROP_PROXY_RESOLVER:
      g_value_set_object (value, self->proxy_resolver);
      break;
    case PROP_TLS_DATABASE:
      g_value_set_object (value, self->tls_database);
      break;
    case PROP_SERVER_DIRECTORY:
      g_value_set_object (value, self->server_directory);
      break;
    case PROP_GATHER_TIMEOUT:
      g_value_set_uint (value, self->gather_timeout_ms);
      break;
    default:
      if (!floe_configuration_get_paths_property (self, prop_id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_configuration_set_property (GObject *object, guint prop_id, const GValue *value,
                                 GParamSpec *pspec)
{
  FloeConfiguration *self = FLOE_CONFIGURATION (object);

  switch (prop_id)
    {
    case PROP_ICE_TRANSPORT_POLICY:
      floe_configuration_set_ice_transport_policy (self, g_value_get_enum (value));
      break;
    case PROP_CERTIFICATE:
      floe_configuration_set_certificate (self, g_value_get_object (value));
      break;
    case PROP_INTERFACES:
      floe_configuration_set_interfaces (self, g_value_get_boxed (value));
      break;
    case PROP_INCLUDE_LOOPBACK:
      floe_configuration_set_include_loopback (self, g_value_get_boolean (value));
      break;
    case PROP_ICE_TCP:
      floe_configuration_set_ice_tcp (self, g_value_get_boolean (value));
      break;
    case PROP_MAX_CHANNELS:
      floe_configuration_set_max_channels (self, g_value_get_uint (value));
      break;
    case PROP_MAX_MESSAGE_SIZE:
      floe_configuration_set_max_message_size (self, g_value_get_uint64 (value));
      break;
    case PROP_ICE_FAILED_TIMEOUT:
      floe_configuration_set_ice_failed_timeout (self, g_value_get_uint (value));
      break;
    case PROP_PROXY_RESOLVER:
      floe_configuration_set_proxy_resolver (self, g_value_get_object (value));
      break;
    case PROP_TLS_DATABASE:
      floe_configuration_set_tls_database (self, g_value_get_object (value));
      break;
    case PROP_SERVER_DIRECTORY:
      floe_configuration_set_server_directory (self, g_value_get_object (value));
      break;
    case PROP_GATHER_TIMEOUT:
      floe_configuration_set_gather_timeout (self, g_value_get_uint (value));
      break;
    default:
      if (!floe_configuration_set_paths_property (self, prop_id, value))
        G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
floe_configuration_finalize (GObject *object)
{
  FloeConfiguration *self = FLOE_CONFIGURATION (object);

  g_ptr_array_unref (self->ice_servers);
  g_clear_object (&self->certificate);
  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->server_directory);
  g_strfreev (self->interfaces);
  floe_configuration_clear_paths (self);
  G_OBJECT_CLASS (floe_configuration_parent_class)->finalize (object);
}

static void
floe_configuration_class_init (FloeConfigurationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = floe_configuration_get_property;
  object_class->set_property = floe_configuration_set_property;
  object_class->finalize = floe_configuration_finalize;

  /**
   * FloeConfiguration:ice-transport-policy:
   *
   * Which candidates may be used (W3C RTCConfiguration.iceTransportPolicy).
   *
   * Since: 1.0
   */
  properties[PROP_ICE_TRANSPORT_POLICY] =
      g_param_spec_enum ("ice-transport-policy", NULL, NULL, FLOE_TYPE_ICE_TRANSPORT_POLICY,
                         FLOE_ICE_TRANSPORT_POLICY_ALL, flags);
  /**
   * FloeConfiguration:certificate:
   *
   * The certificate that connections prove themselves with. When there is none, the first
   * connection makes one, and it is kept here for the others.
   *
   * Since: 1.0
   */
  properties[PROP_CERTIFICATE] =
      g_param_spec_object ("certificate", NULL, NULL, FLOE_TYPE_CERTIFICATE, flags);
  /**
   * FloeConfiguration:interfaces:
   *
   * Names of network interfaces, or addresses, that may be used; %NULL for all.
   *
   * Since: 1.0
   */
  properties[PROP_INTERFACES] = g_param_spec_boxed ("interfaces", NULL, NULL, G_TYPE_STRV, flags);
  /**
   * FloeConfiguration:include-loopback:
   *
   * Whether loopback addresses are offered although other interfaces are up.
   *
   * Since: 1.0
   */
  properties[PROP_INCLUDE_LOOPBACK] =
      g_param_spec_boolean ("include-loopback", NULL, NULL, FALSE, flags);
  /**
   * FloeConfiguration:ice-tcp:
   *
   * Whether the peers may connect by TCP (RFC 6544) where UDP does not lead from one to the other.
   *
   * Since: 1.0
   */
  properties[PROP_ICE_TCP] = g_param_spec_boolean ("ice-tcp", NULL, NULL, TRUE, flags);
  /**
   * FloeConfiguration:max-channels:
   *
   * How many data channels a connection can have at once: the number of SCTP streams.
   *
   * Since: 1.0
   */
  properties[PROP_MAX_CHANNELS] = g_param_spec_uint ("max-channels", NULL, NULL, 1,
                                                     MAX_MAX_CHANNELS, DEFAULT_MAX_CHANNELS, flags);
  /**
   * FloeConfiguration:max-message-size:
   *
   * The largest message that the peer may send, in bytes; 0 for no limit (RFC 8841 section 6).
   *
   * Since: 1.0
   */
  properties[PROP_MAX_MESSAGE_SIZE] = g_param_spec_uint64 (
      "max-message-size", NULL, NULL, 0, G_MAXUINT32, DEFAULT_MAX_MESSAGE_SIZE, flags);
  /**
   * FloeConfiguration:ice-failed-timeout:
   *
   * How long ICE goes on with nothing that works before it has failed, in milliseconds; 0 for what
   * floe_configuration_set_ice_failed_timeout() tells.
   *
   * Since: 1.0
   */
  properties[PROP_ICE_FAILED_TIMEOUT] =
      g_param_spec_uint ("ice-failed-timeout", NULL, NULL, 0, G_MAXINT, 0, flags);
  /**
   * FloeConfiguration:proxy-resolver:
   *
   * Says through which proxies TURN servers are reached over TCP and TLS; %NULL for what the
   * desktop says.
   *
   * Since: 1.0
   */
  properties[PROP_PROXY_RESOLVER] =
      g_param_spec_object ("proxy-resolver", NULL, NULL, G_TYPE_PROXY_RESOLVER, flags);
  /**
   * FloeConfiguration:tls-database:
   *
   * The authorities that certificates of `turns:` servers must be from; %NULL for the system's.
   *
   * Since: 1.0
   */
  properties[PROP_TLS_DATABASE] =
      g_param_spec_object ("tls-database", NULL, NULL, G_TYPE_TLS_DATABASE, flags);
  /**
   * FloeConfiguration:server-directory:
   *
   * Where further servers are asked for; %NULL for nowhere.
   *
   * Since: 1.0
   */
  properties[PROP_SERVER_DIRECTORY] =
      g_param_spec_object ("server-directory", NULL, NULL, FLOE_TYPE_SERVER_DIRECTORY, flags);
  /**
   * FloeConfiguration:gather-timeout:
   *
   * After how long gathering is complete whatever is outstanding, in milliseconds; 0 for no limit
   * but the servers' own.
   *
   * Since: 1.0
   */
  properties[PROP_GATHER_TIMEOUT] =
      g_param_spec_uint ("gather-timeout", NULL, NULL, 0, G_MAXINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  floe_configuration_install_paths (object_class);
}

static void
floe_configuration_init (FloeConfiguration *self)
{
  self->ice_servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
  self->ice_tcp = TRUE;
  self->max_channels = DEFAULT_MAX_CHANNELS;
  self->max_message_size = DEFAULT_MAX_MESSAGE_SIZE;
  floe_configuration_init_paths (self);
}

/**
 * floe_configuration_new:
 *
 * Makes a configuration with the defaults: no servers, all candidates, all interfaces but
 * loopback, 1024 channels, messages of up to 256 KiB.
 *
 * A connection reads its configuration once, when it is made; later changes are for later
 * connections. One configuration may serve any number of connections of one thread, which then
 * share its certificate.
 *
 * Returns: (transfer full): a new configuration (W3C RTCConfiguration)
 * Since: 1.0
 */
FloeConfiguration *
floe_configuration_new (void)
{
  return g_object_new (FLOE_TYPE_CONFIGURATION, NULL);
}

/**
 * floe_configuration_set_ice_transport_policy:
 * @self: a configuration
 * @policy: which candidates may be used
 *
 * Sets which candidates may be used. With %FLOE_ICE_TRANSPORT_POLICY_RELAY only those of TURN
 * servers are, in both directions.
 *
 * Since: 1.0
 */
void
floe_configuration_set_ice_transport_policy (FloeConfiguration *self, FloeIceTransportPolicy policy)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));

  if (self->ice_transport_policy == policy)
    return;
  self->ice_transport_policy = policy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ICE_TRANSPORT_POLICY]);
}

/**
 * floe_configuration_get_ice_transport_policy:
 * @self: a configuration
 *
 * Gets which candidates may be used.
 *
 * Returns: the policy
 * Since: 1.0
 */
FloeIceTransportPolicy
floe_configuration_get_ice_transport_policy (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), FLOE_ICE_TRANSPORT_POLICY_ALL);

  return self->ice_transport_policy;
}

/**
 * floe_configuration_set_certificate:
 * @self: a configuration
 * @certificate: (nullable) (transfer none): a certificate, or %NULL for a new one
 *
 * Sets the certificate that connections prove themselves with (W3C
 * RTCConfiguration.certificates).
 *
 * Since: 1.0
 */
void
floe_configuration_set_certificate (FloeConfiguration *self, FloeCertificate *certificate)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (certificate == NULL || FLOE_IS_CERTIFICATE (certificate));

  if (g_set_object (&self->certificate, certificate))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CERTIFICATE]);
}

/**
 * floe_configuration_get_certificate:
 * @self: a configuration
 *
 * Gets the certificate that was set, or that the first connection made.
 *
 * Returns: (transfer none) (nullable): the certificate
 * Since: 1.0
 */
FloeCertificate *
floe_configuration_get_certificate (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), NULL);

  return self->certificate;
}

/**
 * floe_configuration_set_max_channels:
 * @self: a configuration
 * @max_channels: a number of channels, 1 to 65535
 *
 * Sets how many data channels a connection can have at once. It is the number of SCTP streams each
 * way, which is agreed on when the association is set up and never changes. Half of them are for
 * channels that this side makes, half for the peer's (RFC 8832 section 6); negotiated ids may be
 * any.
 *
 * Since: 1.0
 */
void
floe_configuration_set_max_channels (FloeConfiguration *self, guint max_channels)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (max_channels >= 1 && max_channels <= MAX_MAX_CHANNELS);

  if (self->max_channels == max_channels)
    return;
  self->max_channels = max_channels;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_CHANNELS]);
}

/**
 * floe_configuration_get_max_channels:
 * @self: a configuration
 *
 * Gets how many data channels a connection can have at once.
 *
 * Returns: a number of channels
 * Since: 1.0
 */
guint
floe_configuration_get_max_channels (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->max_channels;
}

/**
 * floe_configuration_set_max_message_size:
 * @self: a configuration
 * @max_message_size: bytes, or 0 for no limit
 *
 * Sets the largest message that the peer may send. The peer is told so (RFC 8841 section 6); one
 * that sends more loses its association. Without a limit the peer decides how much memory a
 * message takes.
 *
 * Since: 1.0
 */
void
floe_configuration_set_max_message_size (FloeConfiguration *self, guint64 max_message_size)
{
  g_return_if_fail (FLOE_IS_CONFIGURATION (self));
  g_return_if_fail (max_message_size <= G_MAXUINT32);

  if (self->max_message_size == max_message_size)
    return;
  self->max_message_size = max_message_size;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_MESSAGE_SIZE]);
}

/**
 * floe_configuration_get_max_message_size:
 * @self: a configuration
 *
 * Gets the largest message that the peer may send.
 *
 * Returns: bytes, or 0 for no limit
 * Since: 1.0
 */
guint64
floe_configuration_get_max_message_size (FloeConfiguration *self)
{
  g_return_val_if_fail (FLOE_IS_CONFIGURATION (self), 0);

  return self->max_message_size;
}

FloeCertificate *
floe_configuration_ensure_certificate (FloeConfiguration *self, GError **error)
{
  g_autoptr (FloeCertificate) certificate = NULL;

  if (self->certificate == NULL)
    {
      certificate = floe_certificate_generate (error);
      if (certificate == NULL)
        return NULL;
      floe_configuration_set_certificate (self, certificate);
    }
  return self->certificate;
}
