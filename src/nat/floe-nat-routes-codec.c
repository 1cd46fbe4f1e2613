/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-routes-codec-private.h"

#include <string.h>

/* include/uapi/linux/route.h and ipv6_route.h of the kernel */
#define ROUTE_UP 0x0001
#define ROUTE_REJECT 0x0200
#define ROUTE_IPV6_LOCAL 0x80000000u

#define IPV4_DIGITS 8
#define IPV6_DIGITS 32
#define LINK_ADDRESS_SIZE 17 /* "02:fc:00:00:00:05" */
#define MAX_FIELDS 16

/* The fields of a line, at most MAX_FIELDS. */
typedef struct
{
  const char *texts[MAX_FIELDS]; /* (unowned): into the line, not terminated */
  gsize sizes[MAX_FIELDS];
  guint count;
} Fields;

/* Takes a line from @cursor. FALSE when there is none. */
static gboolean
take_line (const char **cursor, Fields *fields)
{
  *fields = (Fields){ 0 };
  if (**cursor == '\0')
    return FALSE;
  while (**cursor != '\0' && **cursor != '\n')
    {
      gsize size;

      *cursor += strspn (*cursor, " \t\r");
      size = strcspn (*cursor, " \t\r\n");
      if (size > 0 && fields->count < MAX_FIELDS)
        {
          fields->texts[fields->count] = *cursor;
          fields->sizes[fields->count++] = size;
        }
      *cursor += size;
    }
  if (**cursor == '\n')
    ++*cursor;
  return TRUE;
}

static gboolean
read_number (const Fields *fields, guint field, guint base, guint32 *out)
{
  guint64 value = 0;

  if (fields->sizes[field] == 0 || fields->sizes[field] > 10)
    return FALSE;
  for (gsize i = 0; i < fields->sizes[field]; i++)
    {
      int digit = g_ascii_xdigit_value (fields->texts[field][i]);

      if (digit < 0 || digit >= (int) base)
        return FALSE;
      value = value * base + (guint) digit;
    }
  *out = (guint32) value;
  return value <= G_MAXUINT32;
}

static gboolean
read_name (const Fields *fields, guint field, char *out, gsize out_size)
{
  if (fields->sizes[field] == 0 || fields->sizes[field] >= out_size)
    return FALSE;
  memcpy (out, fields->texts[field], fields->sizes[field]);
  out[fields->sizes[field]] = '\0';
  return g_utf8_validate (out, -1, NULL);
}

/* The kernel prints the address as it lies in memory, taken for a number of this machine. */
static gboolean
read_ipv4 (const Fields *fields, guint field, FloeStunAddress *out)
{
  guint32 value;

  if (fields->sizes[field] != IPV4_DIGITS || !read_number (fields, field, 16, &value))
    return FALSE;
  *out = (FloeStunAddress){ .size = FLOE_STUN_IPV4_SIZE };
  memcpy (out->bytes, &value, sizeof value);
  return TRUE;
}

static gboolean
read_ipv6 (const Fields *fields, guint field, FloeStunAddress *out)
{
  *out = (FloeStunAddress){ .size = FLOE_STUN_IPV6_SIZE };
  if (fields->sizes[field] != IPV6_DIGITS)
    return FALSE;
  for (gsize i = 0; i < FLOE_STUN_IPV6_SIZE; i++)
    {
      int high = g_ascii_xdigit_value (fields->texts[field][2 * i]);
      int low = g_ascii_xdigit_value (fields->texts[field][2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      out->bytes[i] = (guint8) (high << 4 | low);
    }
  return TRUE;
}

static gboolean
is_zero (const FloeStunAddress *address)
{
  static const guint8 zeros[FLOE_STUN_IPV6_SIZE];

  return memcmp (address->bytes, zeros, sizeof zeros) == 0;
}

static void
add_route (GArray *routes, FloeNatRoute *route)
{
  if (is_zero (&route->gateway))
    route->gateway.size = 0;
  if (routes->len < FLOE_NAT_MAX_ROUTES)
    g_array_append_val (routes, *route);
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT */
void
floe_nat_routes_parse_ipv4 (GArray *routes, const char *text)
{
  Fields fields;

  while (take_line (&text, &fields))
    {
      FloeNatRoute route = { 0 };
      FloeStunAddress mask;
      guint32 flags;

      if (fields.count < 8 || !read_name (&fields, 0, route.interface, sizeof route.interface)
          || !read_ipv4 (&fields, 1, &route.destination) || !read_ipv4 (&fields, 2, &route.gateway)
          || !read_number (&fields, 3, 16, &flags) || !read_number (&fields, 6, 10, &route.metric)
          || !read_ipv4 (&fields, 7, &mask) || (flags & ROUTE_UP) == 0
          || (flags & ROUTE_REJECT) != 0)
        continue;
      while (route.prefix_bits < 8 * FLOE_STUN_IPV4_SIZE
             && (mask.bytes[route.prefix_bits / 8] & 0x80 >> route.prefix_bits % 8) != 0)
        route.prefix_bits++;
      add_route (routes, &route);
    }
}

/* destination bits source bits gateway metric references uses flags interface */
void
floe_nat_routes_parse_ipv6 (GArray *routes, const char *text)
{
  Fields fields;

  while (take_line (&text, &fields))
    {
      FloeNatRoute route = { 0 };
      guint32 flags;

      if (fields.count < 10 || !read_ipv6 (&fields, 0, &route.destination)
          || !read_number (&fields, 1, 16, &route.prefix_bits)
          || route.prefix_bits > 8 * FLOE_STUN_IPV6_SIZE || !read_ipv6 (&fields, 4, &route.gateway)
          || !read_number (&fields, 5, 16, &route.metric) || !read_number (&fields, 8, 16, &flags)
          || !read_name (&fields, 9, route.interface, sizeof route.interface)
          || (flags & ROUTE_UP) == 0 || (flags & (ROUTE_REJECT | ROUTE_IPV6_LOCAL)) != 0)
        continue;
      add_route (routes, &route);
    }
}

const FloeNatRoute *
floe_nat_routes_find_default (const GArray *routes, const char *interface, gsize address_size)
{
  const FloeNatRoute *found = NULL;

  for (guint i = 0; i < routes->len; i++)
    {
      const FloeNatRoute *route = &g_array_index (routes, FloeNatRoute, i);

      if (route->prefix_bits == 0 && route->destination.size == address_size
          && strcmp (route->interface, interface) == 0
          && (found == NULL || route->metric < found->metric))
        found = route;
    }
  return found;
}

static gboolean
covers (const FloeNatRoute *route, const FloeStunAddress *address)
{
  guint whole = route->prefix_bits / 8, rest = route->prefix_bits % 8;

  if (route->destination.size != address->size
      || memcmp (route->destination.bytes, address->bytes, whole) != 0)
    return FALSE;
  return rest == 0
         || ((route->destination.bytes[whole] ^ address->bytes[whole]) & 0xff << (8 - rest) & 0xff)
                == 0;
}

gboolean
floe_nat_routes_lead_to (const GArray *routes, const char *interface,
                         const FloeStunAddress *address)
{
  for (guint i = 0; i < routes->len; i++)
    {
      const FloeNatRoute *route = &g_array_index (routes, FloeNatRoute, i);

      if (strcmp (route->interface, interface) == 0 && covers (route, address))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_field (const Fields *fields, guint field, const char *text)
{
  return fields->sizes[field] == strlen (text)
         && memcmp (fields->texts[field], text, fields->sizes[field]) == 0;
}

/* address type flags link-layer-address mask device */
char *
floe_nat_neighbours_find (const char *text, const char *interface, const char *address)
{
  Fields fields;

  while (take_line (&text, &fields))
    if (fields.count >= 6 && is_field (&fields, 0, address) && is_field (&fields, 5, interface)
        && fields.sizes[3] == LINK_ADDRESS_SIZE)
      {
        /* An entry without an answer is all zeros. */
        if (strspn (fields.texts[3], "0:") >= LINK_ADDRESS_SIZE)
          return NULL;
        return g_ascii_strdown (fields.texts[3], LINK_ADDRESS_SIZE);
      }
  return NULL;
}
