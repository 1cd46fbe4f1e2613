/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stack-internal-private.h"

#include "floe-log-private.h"
#include "floe-network-thread-private.h"
#include "floe-sctp-runtime-private.h"

static void
clear_settings (FloeStackSettings *settings)
{
  g_clear_object (&settings->certificate);
  g_clear_pointer (&settings->plan, g_ptr_array_unref);
  g_clear_pointer (&settings->ufrag, g_free);
  g_clear_pointer (&settings->pwd, g_free);
  g_clear_pointer (&settings->interfaces, g_strfreev);
  g_clear_object (&settings->ice.proxy_resolver);
  g_clear_object (&settings->ice.tls_database);
}

static void
clear_remote (FloeStack *self)
{
  FloeOrder *order;

  if (self->remote == NULL)
    return;
  /* The order that brought it knows how to free it. */
  order = floe_order_new (FLOE_ORDER_SET_REMOTE);
  order->with.remote = g_steal_pointer (&self->remote);
  floe_order_free (order);
}

void
floe_stack_unref (FloeStack *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  clear_settings (&self->settings);
  floe_mailbox_unref (self->orders);
  floe_mailbox_unref (self->facts);
  g_free (self);
}

/* Ends everything on the network side, and with it the network side's reference. */
static void
close_stack (FloeStack *self)
{
  floe_debug (FLOE_LOG_STACK, "closing");
  floe_mailbox_close (self->orders);
  floe_stack_clear_transport (self);
  floe_early_queue_clear (&self->early);
  clear_remote (self);
  floe_stack_unref (self);
}

static void
set_remote (FloeStack *self, FloeOrder *order)
{
  clear_remote (self);
  self->remote = g_steal_pointer (&order->with.remote);
  floe_stack_ensure_ice (self);
  floe_traversal_handle_description (self->traversal, self->remote->ufrag, self->remote->pwd,
                                     self->remote->can_trickle);
  floe_ice_transport_set_remote_credentials (self->ice, self->remote->ufrag, self->remote->pwd);
}

static void
handle_ice_order (FloeStack *self, FloeOrder *order)
{
  floe_stack_ensure_ice (self);
  switch (order->type)
    {
    case FLOE_ORDER_GATHER:
      floe_ice_transport_set_controlling (self->ice, order->is_set);
      floe_traversal_start (self->traversal, order->is_set, order->key != 0);
      floe_ice_transport_gather (self->ice);
      break;
    case FLOE_ORDER_ADD_CANDIDATE:
      floe_ice_transport_add_remote_candidate (self->ice, order->with.candidate);
      floe_traversal_handle_remote_candidate (self->traversal, order->with.candidate);
      break;
    case FLOE_ORDER_LOCAL_NAT:
      floe_traversal_set_local (self->traversal, order->with.nat, (FloeStrategyMemory) order->key);
      floe_ice_transport_set_mapping_lifetime (self->ice, (guint) order->size);
      break;
    case FLOE_ORDER_REMOTE_NAT:
      floe_traversal_set_remote (self->traversal, order->with.nat);
      break;
    default:
      floe_ice_transport_set_remote_end_of_candidates (self->ice);
      floe_traversal_handle_end_of_candidates (self->traversal);
      break;
    }
}

/* Before there is a transport, the new plan is the one that it will be made with. */
static void
set_servers (FloeStack *self, FloeOrder *order)
{
  if (self->ice != NULL)
    {
      floe_ice_transport_set_plan (self->ice, order->with.plan);
      floe_traversal_set_servers (self->traversal, order->with.plan);
      return;
    }
  g_ptr_array_unref (self->settings.plan);
  self->settings.plan = g_ptr_array_ref (order->with.plan);
}

static void
handle_network_change (FloeStack *self, gboolean is_metered)
{
  self->settings.strategy.is_metered = is_metered;
  if (self->ice == NULL)
    return;
  floe_traversal_set_metered (self->traversal, is_metered);
  floe_ice_transport_handle_network_change (self->ice);
}

static void
handle_channel_order (FloeStack *self, FloeOrder *order)
{
  floe_stack_ensure_channels (self);
  switch (order->type)
    {
    case FLOE_ORDER_OPEN_CHANNEL:
      floe_channel_set_open (self->channels, order->key, order->with.channel);
      break;
    case FLOE_ORDER_SEND:
      floe_channel_set_send (self->channels, order->key, order->is_set, order->bytes);
      break;
    case FLOE_ORDER_CLOSE_CHANNEL:
      floe_channel_set_close (self->channels, order->key);
      break;
    default:
      floe_channel_set_handle_consumed (self->channels, order->key, order->size);
      break;
    }
}

static void
deliver_order (FloeLetter *letter, gpointer user_data)
{
  FloeStack *self = user_data;
  FloeOrder *order = (FloeOrder *) letter;

  switch (order->type)
    {
    case FLOE_ORDER_SET_REMOTE:
      set_remote (self, order);
      break;
    case FLOE_ORDER_GATHER:
    case FLOE_ORDER_ADD_CANDIDATE:
    case FLOE_ORDER_END_OF_CANDIDATES:
    case FLOE_ORDER_LOCAL_NAT:
    case FLOE_ORDER_REMOTE_NAT:
      handle_ice_order (self, order);
      break;
    case FLOE_ORDER_SET_SERVERS:
      set_servers (self, order);
      break;
    case FLOE_ORDER_NETWORK_CHANGED:
      handle_network_change (self, order->is_set);
      break;
    case FLOE_ORDER_COUNT:
      floe_stack_count (self);
      break;
    case FLOE_ORDER_START:
      floe_stack_start_dtls (self, order->is_set);
      break;
    case FLOE_ORDER_CLOSE:
      close_stack (self);
      break;
    default:
      handle_channel_order (self, order);
      break;
    }
  floe_order_free (order);
}

static void
finish_orders (gpointer user_data)
{
  floe_stack_flush_sent (user_data);
}

static void
discard_order (gpointer letter)
{
  floe_order_free (letter);
}

static const FloeMailboxFuncs order_funcs = { deliver_order, finish_orders, discard_order };

static void
copy_settings (FloeStackSettings *settings, const FloeStackConfig *config)
{
  settings->certificate = g_object_ref (config->certificate);
  settings->plan = g_ptr_array_ref (config->plan);
  settings->ufrag = g_strdup (config->ufrag);
  settings->pwd = g_strdup (config->pwd);
  settings->interfaces = g_strdupv ((char **) config->interfaces);
  settings->strategy = config->strategy;
  settings->max_channels = config->max_channels;
  settings->max_message_size = config->max_message_size;
  settings->ice = (FloeIceTransportConfig){
    .context = floe_network_get_context (),
    .ufrag = settings->ufrag,
    .pwd = settings->pwd,
    .min_port = config->min_port,
    .max_port = config->max_port,
    .interfaces = (const char *const *) settings->interfaces,
    .include_loopback = config->include_loopback,
    .privacy = config->privacy,
    .relay_only = config->relay_only,
    .failed_timeout_ms = config->failed_timeout_ms,
    .relay_warm_ms = config->relay_warm_ms,
    .gather_timeout_ms = config->gather_timeout_ms,
  };
  g_set_object (&settings->ice.proxy_resolver, config->proxy_resolver);
  g_set_object (&settings->ice.tls_database, config->tls_database);
}

FloeStack *
floe_stack_new (const FloeStackConfig *config, FloeMailbox *facts)
{
  FloeStack *self = g_new0 (FloeStack, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&self->ref_count); /* the network side's */
  copy_settings (&self->settings, config);
  self->input_path_id = FLOE_STACK_NO_PATH;
  floe_early_queue_init (&self->early);
  self->facts = floe_mailbox_ref (facts);
  self->orders = floe_mailbox_new (self->settings.ice.context, &order_funcs, self, 0, 0);
  return self;
}

FloeStack *
floe_stack_ref (FloeStack *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
floe_stack_post (FloeStack *self, FloeOrder *order)
{
  gsize size = order->bytes != NULL ? g_bytes_get_size (order->bytes) : 0;

  floe_mailbox_post_always (self->orders, &order->letter, size);
}

void
floe_stack_tell (FloeStack *self, FloeFact *fact)
{
  gsize size = fact->bytes != NULL ? g_bytes_get_size (fact->bytes) : 0;

  floe_mailbox_post_always (self->facts, &fact->letter, size);
}
