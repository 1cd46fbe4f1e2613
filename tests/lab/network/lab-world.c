/* SPDX-License-Identifier: MPL-2.0 */
/* Reads a world: one host or router a line, parents first. docs/lab.md has the language. */
#include <string.h>

#include "lab-network-private.h"
#include "lab-text.h"

#define MAX_NODES 200
#define MAX_PUBLIC_LANS 16
#define MAX_INTERFACES 4
#define NAT64_WELL_KNOWN "64:ff9b::"

typedef enum
{
  FAMILY_IPV4,
  FAMILY_IPV6,
  FAMILY_DUAL,
  FAMILY_NAT64,
  FAMILY_INHERITED,
} Family;

/* One line. */
typedef struct
{
  LabNodeType type;
  const char *name;
  char **behind;    /* (owned) (nullable) */
  char **addresses; /* (owned) (nullable): asked for by name */
  guint count;      /* or by number */
  Family family;
  LabLinkConfig up, down;
  LabNatConfig nat;
  const char *kind;
  const char *ipv6_kind;
  const char *lan; /* (nullable) */
  const char *prefix64;
  gboolean is_isolated;
} Line;

static gboolean G_GNUC_PRINTF (2, 3) fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (LAB_TEXT_ERROR, 0, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* "delay=20ms" is for both ways, "up.delay=20ms" for that from the node. */
static gboolean
set_link_knob (LabLinkConfig *up, LabLinkConfig *down, const char *key, const char *value,
               GError **error)
{
  gboolean is_up = !g_str_has_prefix (key, "down.");
  gboolean is_down = !g_str_has_prefix (key, "up.");

  if (!is_up || !is_down)
    key = strchr (key, '.') + 1;
  return (!is_up || lab_link_config_set (up, key, value, error))
         && (!is_down || lab_link_config_set (down, key, value, error));
}

static gboolean
is_link_knob (const char *key)
{
  if (g_str_has_prefix (key, "up.") || g_str_has_prefix (key, "down."))
    key = strchr (key, '.') + 1;
  return lab_link_config_has (key);
}

static gboolean
set_family (Line *line, const char *value, GError **error)
{
  static const char *const choices[] = { "ipv4", "ipv6", "dual", "nat64", NULL };
  guint index;

  if (!lab_text_choice (value, choices, &index, error))
    return FALSE;
  line->family = (Family) index;
  if (line->family == FAMILY_NAT64 && line->type != LAB_NODE_ROUTER)
    return fail (error, "family: a host can't be %s, its router can", value);
  return TRUE;
}

static gboolean
set_router_option (Line *line, const char *key, const char *value, GError **error)
{
  LabNatConfig ignored;

  if (g_str_equal (key, "isolated"))
    return lab_text_flag (value, &line->is_isolated, error);
  if (g_str_equal (key, "lan"))
    line->lan = value;
  else if (g_str_equal (key, "prefix64"))
    line->prefix64 = value;
  else if (!g_str_equal (key, "ipv6"))
    return lab_nat_config_set (&line->nat, key, value, error);
  else if (!lab_nat_config_set_kind (&ignored, value))
    return fail (error, "ipv6: there is no kind '%s'", value);
  else
    line->ipv6_kind = value;
  return TRUE;
}

static gboolean
set_option (Line *line, const char *key, const char *value, GError **error)
{
  if (is_link_knob (key))
    return set_link_knob (&line->up, &line->down, key, value, error);
  if (g_str_equal (key, "family"))
    return set_family (line, value, error);
  if (g_str_equal (key, "addresses"))
    return lab_text_number (value, 1, 16, &line->count, error);
  if (g_str_equal (key, "behind"))
    {
      g_strfreev (line->behind);
      line->behind = g_strsplit (value, ",", MAX_INTERFACES + 1);
      return TRUE;
    }
  if (g_str_equal (key, "address"))
    {
      g_strfreev (line->addresses);
      line->addresses = g_strsplit (value, ",", -1);
      return TRUE;
    }
  if (line->type == LAB_NODE_ROUTER)
    return set_router_option (line, key, value, error);
  return fail (error, "a host has no '%s'", key);
}

/* Writes into @words: cuts them at "=". */
static gboolean
set_options (Line *line, char **words, GError **error)
{
  for (char **word = words; *word != NULL; word++)
    {
      char *value = strchr (*word, '=');
      if (value == NULL)
        return fail (error, "'%s' is no KEY=VALUE", *word);
      *value++ = '\0';
      if (!set_option (line, *word, value, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_addresses (LabUplink *uplink, char **texts, GError **error)
{
  for (char **text = texts; *text != NULL; text++)
    {
      LabAddress address;
      if (!lab_address_parse (&address, *text))
        return fail (error, "address: '%s' is none", *text);
      g_array_append_val (uplink->addresses, address);
    }
  return TRUE;
}

static gboolean
connect_to (LabNetwork *self, const Line *line, LabNode *node, const char *parent_name,
            GError **error)
{
  LabNode *parent = lab_network_find (self, parent_name);
  Family family = line->family;
  LabUplink *uplink;

  if (parent == NULL || parent->type == LAB_NODE_HOST || parent == node)
    return fail (error, "there is no router '%s' above this line", parent_name);
  if (family == FAMILY_INHERITED)
    family = parent == self->internet ? FAMILY_IPV4 : FAMILY_DUAL;
  uplink = lab_network_connect (self, node, parent, &line->up, &line->down);
  if (line->addresses != NULL)
    return take_addresses (uplink, line->addresses, error);
  lab_uplink_give_addresses (uplink, line->count, family != FAMILY_IPV6, family != FAMILY_IPV4);
  if (uplink->addresses->len == 0)
    return fail (error, "there is no address of that family at '%s'", parent_name);
  return TRUE;
}

static gboolean
connect_all (LabNetwork *self, const Line *line, LabNode *node, GError **error)
{
  guint count = line->behind != NULL ? g_strv_length (line->behind) : 0;

  if (count == 0)
    return connect_to (self, line, node, "internet", error);
  if (count > (line->type == LAB_NODE_HOST ? MAX_INTERFACES : 1))
    return fail (error, "behind: that is too many for '%s'", line->name);
  for (guint i = 0; i < count; i++)
    if (!connect_to (self, line, node, line->behind[i], error))
      return FALSE;
  return TRUE;
}

/* What is blocked is blocked for both families; what is translated is IPv4. */
static LabNat *
make_firewall (LabNetwork *self, const Line *line)
{
  LabNatConfig config;

  if (!lab_nat_config_set_kind (&config, line->ipv6_kind) || config.is_routed)
    return NULL;
  config.translates = FALSE;
  config.has_alg = FALSE;
  config.mapping = LAB_NAT_ENDPOINT_INDEPENDENT;
  config.lifetimes = line->nat.lifetimes;
  config.limits = line->nat.limits;
  if (line->nat.udp.is_blocked)
    config.udp = line->nat.udp;
  if (line->nat.tcp.is_blocked)
    config.tcp = line->nat.tcp;
  config.is_tls_only = config.is_tls_only || line->nat.is_tls_only;
  return lab_nat_new (&config, g_rand_int (self->rand));
}

static gboolean
set_lan (LabNode *node, const char *lan, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (lan, "/", 2);

  if (g_strv_length (parts) != 2 || !lab_address_parse (&node->v4.address, parts[0])
      || !lab_address_is_v4 (&node->v4.address)
      || !lab_text_number (parts[1], 8, 30, &node->v4.bits, NULL))
    return fail (error, "lan: '%s' is no gateway's address and length, such as 10.0.0.1/24", lan);
  return TRUE;
}

static gboolean
furnish_router (LabNetwork *self, const Line *line, LabNode *node, GError **error)
{
  gboolean is_nat64 = line->family == FAMILY_NAT64;
  gboolean is_public = !line->nat.translates;

  if (is_public && ++self->public_lans > MAX_PUBLIC_LANS)
    return fail (error, "'%s' is one public network too many", line->name);
  lab_node_give_subnets (node, is_public, g_str_has_prefix (line->kind, "cgn"),
                         line->family != FAMILY_IPV6 && !is_nat64, line->family != FAMILY_IPV4);
  if (line->lan != NULL && !set_lan (node, line->lan, error))
    return FALSE;
  node->is_isolated = line->is_isolated;
  node->is_nat64 = is_nat64;
  if (!lab_address_parse (&node->nat64_prefix, line->prefix64)
      || lab_address_is_v4 (&node->nat64_prefix))
    return fail (error, "prefix64: '%s' is no address of IPv6", line->prefix64);
  if (!line->nat.is_routed)
    {
      node->nat = lab_nat_new (&line->nat, g_rand_int (self->rand));
      lab_network_watch_nat (node, node->nat);
      lab_node_name_externals (node);
    }
  node->firewall = make_firewall (self, line);
  if (node->firewall != NULL)
    lab_network_watch_nat (node, node->firewall);
  return TRUE;
}

static gboolean
add_line (LabNetwork *self, Line *line, GError **error)
{
  LabNode *node;

  if (lab_network_find (self, line->name) != NULL)
    return fail (error, "there is a '%s' already", line->name);
  if (self->nodes->len >= MAX_NODES)
    return fail (error, "'%s' is one too many", line->name);
  if (line->type == LAB_NODE_ROUTER && line->family == FAMILY_INHERITED)
    line->family = FAMILY_IPV4;
  node = lab_network_add_node (self, line->type, line->name);
  if (!connect_all (self, line, node, error))
    return FALSE;
  return line->type == LAB_NODE_HOST || furnish_router (self, line, node, error);
}

static gboolean
is_name (const char *text)
{
  gsize size = strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789-");

  return size > 0 && size <= 32 && text[size] == '\0';
}

/* "host NAME KEY=VALUE..." or "router NAME KIND KEY=VALUE..." */
static gboolean
parse_words (LabNetwork *self, char **words, char **defaults, GError **error)
{
  Line line = { .count = 1,
                .family = FAMILY_INHERITED,
                .kind = "",
                .ipv6_kind = "firewall",
                .prefix64 = NAT64_WELL_KNOWN };
  guint count = g_strv_length (words);
  guint first = 2;
  gboolean is_done;

  if (g_str_equal (words[0], "host"))
    line.type = LAB_NODE_HOST;
  else if (g_str_equal (words[0], "router"))
    line.type = LAB_NODE_ROUTER;
  else
    return fail (error, "'%s' is neither host, router nor default", words[0]);
  if (count < 2 || !is_name (words[1]))
    return fail (error, "a name is expected after '%s': small letters, digits and dashes",
                 words[0]);
  line.name = words[1];
  lab_link_config_init (&line.up);
  lab_link_config_init (&line.down);
  if (line.type == LAB_NODE_ROUTER)
    {
      if (count < 3 || !lab_nat_config_set_kind (&line.nat, words[2]))
        return fail (error, "there is no kind of router '%s'", count < 3 ? "" : words[2]);
      line.kind = words[2];
      first = 3;
    }
  is_done = set_options (&line, defaults, error) && set_options (&line, words + first, error)
            && add_line (self, &line, error);
  g_strfreev (line.behind);
  g_strfreev (line.addresses);
  return is_done;
}

static char **
split_words (const char *text)
{
  g_auto (GStrv) pieces = g_strsplit_set (text, " \t\r", -1);
  GPtrArray *words = g_ptr_array_new ();

  for (char **piece = pieces; *piece != NULL; piece++)
    if ((*piece)[0] != '\0')
      g_ptr_array_add (words, g_strdup (*piece));
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

static gboolean
parse_line (LabNetwork *self, const char *text, char ***defaults, GError **error)
{
  g_auto (GStrv) words = split_words (text);
  g_auto (GStrv) copy = NULL;

  if (words[0] == NULL)
    return TRUE;
  if (g_str_equal (words[0], "default"))
    {
      g_strfreev (*defaults);
      *defaults = g_strdupv (words + 1);
      return TRUE;
    }
  copy = g_strdupv (*defaults);
  return parse_words (self, words, copy, error);
}

/* Adds what @world describes; an error names the line. Then the network may be part of it. */
gboolean
lab_network_parse (LabNetwork *self, const char *world, GError **error)
{
  g_auto (GStrv) lines = g_strsplit (world, "\n", -1);
  g_auto (GStrv) defaults = g_new0 (char *, 1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char *comment = strchr (lines[i], '#');
      if (comment != NULL)
        *comment = '\0';
      if (!parse_line (self, lines[i], &defaults, error))
        {
          g_prefix_error (error, "line %u: ", i + 1);
          return FALSE;
        }
    }
  return TRUE;
}

/* One link knob of a node that exists; both ways, or as the key says. */
gboolean
lab_uplink_set (LabUplink *uplink, const char *key, const char *value, GError **error)
{
  return set_link_knob (&uplink->up.config, &uplink->down.config, key, value, error);
}

gboolean
lab_uplink_has (const char *key)
{
  return is_link_knob (key);
}
