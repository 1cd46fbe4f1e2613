/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-stack-messages-private.h"

static void
free_channel (FloeChannelInfo *channel)
{
  if (channel != NULL)
    floe_channel_info_clear (channel);
  g_free (channel);
}

static void
free_remote (FloeStackRemote *remote)
{
  if (remote == NULL)
    return;
  g_free (remote->ufrag);
  g_free (remote->pwd);
  g_strfreev (remote->fingerprints);
  g_free (remote);
}

FloeOrder *
floe_order_new (FloeOrderType type)
{
  FloeOrder *order = g_new0 (FloeOrder, 1);

  order->type = type;
  return order;
}

void
floe_order_free (FloeOrder *order)
{
  g_clear_pointer (&order->bytes, g_bytes_unref);
  if (order->type == FLOE_ORDER_ADD_CANDIDATE)
    g_free (order->with.candidate);
  else if (order->type == FLOE_ORDER_OPEN_CHANNEL)
    free_channel (order->with.channel);
  else if (order->type == FLOE_ORDER_SET_REMOTE)
    free_remote (order->with.remote);
  else if (order->type == FLOE_ORDER_SET_SERVERS)
    g_clear_pointer (&order->with.plan, g_ptr_array_unref);
  else if (order->type == FLOE_ORDER_LOCAL_NAT || order->type == FLOE_ORDER_REMOTE_NAT)
    g_free (order->with.nat);
  g_free (order);
}

FloeFact *
floe_fact_new (FloeFactType type)
{
  FloeFact *fact = g_new0 (FloeFact, 1);

  fact->type = type;
  return fact;
}

void
floe_fact_free (FloeFact *fact)
{
  g_clear_pointer (&fact->bytes, g_bytes_unref);
  g_clear_error (&fact->error);
  g_free (fact->text);
  if (fact->type == FLOE_FACT_CANDIDATE)
    g_free (fact->with.candidate);
  else if (fact->type == FLOE_FACT_PAIR)
    g_free (fact->with.pair);
  else if (fact->type == FLOE_FACT_PLAN)
    g_free (fact->with.plan);
  else if (fact->type == FLOE_FACT_PATH_STEP)
    g_free (fact->with.step);
  else if (fact->type == FLOE_FACT_CHANNEL_INCOMING)
    free_channel (fact->with.channel);
  g_free (fact);
}
