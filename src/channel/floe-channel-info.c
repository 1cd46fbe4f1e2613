/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-set-private.h"

#include <string.h>

void
floe_channel_info_copy (FloeChannelInfo *to, const FloeChannelInfo *from)
{
  *to = *from;
  to->label = g_strdup (from->label);
  to->protocol = g_strdup (from->protocol);
}

void
floe_channel_info_clear (FloeChannelInfo *info)
{
  g_clear_pointer (&info->label, g_free);
  g_clear_pointer (&info->protocol, g_free);
}

/* The objects that stand for a channel on its way to the application, roughly. */
#define CHANNEL_OVERHEAD 1024

gsize
floe_channel_info_get_cost (const FloeChannelInfo *info)
{
  return CHANNEL_OVERHEAD + strlen (info->label) + strlen (info->protocol);
}
