/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-channel-set-private.h"

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
