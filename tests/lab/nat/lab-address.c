/* SPDX-License-Identifier: MPL-2.0 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "lab-packet.h"

static const guint8 v4_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

gboolean
lab_address_is_v4 (const LabAddress *address)
{
  return memcmp (address->bytes, v4_prefix, sizeof v4_prefix) == 0;
}

gboolean
lab_address_equal (const LabAddress *a, const LabAddress *b)
{
  return memcmp (a->bytes, b->bytes, sizeof a->bytes) == 0;
}

/* @bits count within the address's own family: a /24 of IPv4 is 24. */
gboolean
lab_address_has_prefix (const LabAddress *address, const LabAddress *prefix, guint bits)
{
  if (lab_address_is_v4 (address) != lab_address_is_v4 (prefix))
    return FALSE;
  if (lab_address_is_v4 (prefix))
    bits += 96;
  if (memcmp (address->bytes, prefix->bytes, bits / 8) != 0)
    return FALSE;
  return bits % 8 == 0
         || ((address->bytes[bits / 8] ^ prefix->bytes[bits / 8]) >> (8 - bits % 8)) == 0;
}

void
lab_address_from_v4 (LabAddress *address, guint32 v4)
{
  memcpy (address->bytes, v4_prefix, sizeof v4_prefix);
  lab_put16 (address->bytes + 12, (guint16) (v4 >> 16));
  lab_put16 (address->bytes + 14, (guint16) v4);
}

guint32
lab_address_to_v4 (const LabAddress *address)
{
  return (guint32) lab_get16 (address->bytes + 12) << 16 | lab_get16 (address->bytes + 14);
}

gboolean
lab_address_parse (LabAddress *address, const char *text)
{
  guint8 v4[4];

  if (inet_pton (AF_INET, text, v4) == 1)
    {
      memcpy (address->bytes, v4_prefix, sizeof v4_prefix);
      memcpy (address->bytes + 12, v4, sizeof v4);
      return TRUE;
    }
  return inet_pton (AF_INET6, text, address->bytes) == 1;
}

char *
lab_address_to_string (const LabAddress *address)
{
  char text[INET6_ADDRSTRLEN];

  if (lab_address_is_v4 (address))
    inet_ntop (AF_INET, address->bytes + 12, text, sizeof text);
  else
    inet_ntop (AF_INET6, address->bytes, text, sizeof text);
  return g_strdup (text);
}

/* Reads "192.0.2.1:80" and "[2001:db8::1]:80". */
gboolean
lab_endpoint_parse (LabEndpoint *endpoint, const char *text)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = NULL;
  guint64 port;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, G_MAXUINT16, &port, NULL))
    return FALSE;
  host = g_strndup (text, colon - text);
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      memmove (host, host + 1, strlen (host));
    }
  endpoint->port = (guint16) port;
  return lab_address_parse (&endpoint->address, host);
}

gboolean
lab_endpoint_equal (const LabEndpoint *a, const LabEndpoint *b)
{
  return a->port == b->port && lab_address_equal (&a->address, &b->address);
}

char *
lab_endpoint_to_string (const LabEndpoint *endpoint)
{
  g_autofree char *address = lab_address_to_string (&endpoint->address);

  return g_strdup_printf (lab_address_is_v4 (&endpoint->address) ? "%s:%u" : "[%s]:%u", address,
                          endpoint->port);
}

const char *
lab_protocol_name (guint8 protocol)
{
  switch (protocol)
    {
    case LAB_PROTOCOL_UDP:
      return "udp";
    case LAB_PROTOCOL_TCP:
      return "tcp";
    case LAB_PROTOCOL_ICMP:
    case LAB_PROTOCOL_ICMPV6:
      return "icmp";
    default:
      return "other";
    }
}
