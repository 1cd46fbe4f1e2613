/* SPDX-License-Identifier: MPL-2.0 */
/* The named kinds, and the knobs by name. */
#include <string.h>

#include "lab-nat.h"
#include "lab-text.h"

#define EI LAB_NAT_ENDPOINT_INDEPENDENT
#define AD LAB_NAT_ADDRESS_DEPENDENT
#define APD LAB_NAT_ADDRESS_AND_PORT_DEPENDENT

typedef struct
{
  const char *name;
  const char *description;
  LabNatDependence mapping;
  LabNatDependence filtering;
  LabNatAllocation allocation;
  const char *knobs; /* "key=value ..." on top */
} Kind;

static const Kind kinds[] = {
  { "open", "routes, and neither translates nor filters", EI, EI, 0, "routed=yes translate=no" },
  { "firewall", "filters and does not translate", EI, APD, 0, "translate=no" },
  { "eim-eif", "full cone", EI, EI, LAB_NAT_PRESERVE, NULL },
  { "eim-adf", "restricted cone", EI, AD, LAB_NAT_PRESERVE, NULL },
  { "eim-apdf", "port-restricted cone", EI, APD, LAB_NAT_PRESERVE, NULL },
  { "adm-adf", "a port for each address", AD, AD, LAB_NAT_RANDOM, NULL },
  { "apdm-preserve", "symmetric; keeps the port for the first destination", APD, APD,
    LAB_NAT_PRESERVE, "clash=sequential" },
  { "apdm-sequential", "symmetric; one port after the other", APD, APD, LAB_NAT_SEQUENTIAL, NULL },
  { "apdm-random", "symmetric; any port", APD, APD, LAB_NAT_RANDOM, NULL },
  { "apdm-block", "symmetric; any port of 512 that a host has", APD, APD, LAB_NAT_BLOCK,
    "block=512" },
  { "masquerade", "netfilter's masquerade: keeps the port while no two flows collide", APD, APD,
    LAB_NAT_PRESERVE, "overload=yes lifetime=30s refresh=both" },
  { "masquerade-random", "netfilter's masquerade with random", APD, APD, LAB_NAT_RANDOM,
    "overload=yes lifetime=30s refresh=both" },
  { "masquerade-poisoned", "netfilter's masquerade whose INPUT chain lets strangers in", APD, APD,
    LAB_NAT_PRESERVE, "overload=yes lifetime=30s refresh=both unsolicited=poison" },
  { "cgn", "a carrier's, as RFC 6888 has it: a block of ports, and hairpin", EI, EI, LAB_NAT_BLOCK,
    "block=2016 hairpin=external" },
  { "cgn-filtering", "a carrier's that filters", EI, APD, LAB_NAT_BLOCK,
    "block=2016 hairpin=external" },
  { "cgn-symmetric", "a carrier's that is symmetric within a block of 2016", APD, APD,
    LAB_NAT_BLOCK, "block=2016" },
  { "udp-blocked", "port-restricted, and no UDP at all", EI, APD, LAB_NAT_PRESERVE, "udp=none" },
  { "udp-53-443", "port-restricted, and UDP to 53 and 443 only", EI, APD, LAB_NAT_PRESERVE,
    "udp=53,443" },
  { "web-only", "no UDP, and TCP to 80 and 443 only", EI, APD, LAB_NAT_PRESERVE,
    "udp=none tcp=80,443" },
  { "tls-only", "no UDP, and on TCP 443 nothing but TLS", EI, APD, LAB_NAT_PRESERVE,
    "udp=none tcp=443 tls-only=yes" },
  { "proxy-only", "no UDP, and TCP to proxies (1080, 3128) only", EI, APD, LAB_NAT_PRESERVE,
    "udp=none tcp=1080,3128" },
  { "dead", "lets out neither UDP nor TCP: what a broken family looks like", EI, APD,
    LAB_NAT_PRESERVE, "udp=none tcp=none" },
  { "alg", "port-restricted, and rewrites its addresses in what passes", EI, APD, LAB_NAT_PRESERVE,
    "alg=yes" },
  { "tiny", "port-restricted, with a table of 64 mappings", EI, APD, LAB_NAT_PRESERVE, "table=64" },
};

/* The name of the kind number @index, or %NULL after the last. */
const char *
lab_nat_kind_get (guint index, const char **description)
{
  if (index >= G_N_ELEMENTS (kinds))
    return NULL;
  if (description != NULL)
    *description = kinds[index].description;
  return kinds[index].name;
}

void
lab_nat_config_init (LabNatConfig *config)
{
  *config = (LabNatConfig){
    .translates = TRUE,
    .filtering = APD,
    .ports = { .min = 1024, .max = 65535, .step = 1, .block_size = 512, .clashed = LAB_NAT_RANDOM },
    .lifetimes = { .udp_lifetime_us = 120 * G_TIME_SPAN_SECOND,
                   /* RFC 5382 REQ-5: at least 2 hours 4 minutes. */
                   .tcp_lifetime_us = 7440 * G_TIME_SPAN_SECOND,
                   .closing_lifetime_us = 10 * G_TIME_SPAN_SECOND,
                   .icmp_lifetime_us = 60 * G_TIME_SPAN_SECOND },
    .limits = { .ban_us = 60 * G_TIME_SPAN_SECOND },
  };
}

/* Makes @config the named kind and nothing else, or returns %FALSE: there is none. */
gboolean
lab_nat_config_set_kind (LabNatConfig *config, const char *kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_auto (GStrv) knobs = NULL;

      if (!g_str_equal (kinds[i].name, kind))
        continue;
      lab_nat_config_init (config);
      config->mapping = kinds[i].mapping;
      config->filtering = kinds[i].filtering;
      config->allocation = kinds[i].allocation;
      knobs = g_strsplit (kinds[i].knobs != NULL ? kinds[i].knobs : "", " ", -1);
      for (char **knob = knobs; *knob != NULL; knob++)
        {
          char *value = strchr (*knob, '=');
          *value++ = '\0';
          if (!lab_nat_config_set (config, *knob, value, NULL))
            g_assert_not_reached ();
        }
      return TRUE;
    }
  return FALSE;
}

typedef enum
{
  KNOB_DEPENDENCE,
  KNOB_ALLOCATION,
  KNOB_HAIRPIN,
  KNOB_UNSOLICITED,
  KNOB_REFRESH,
  KNOB_POOL,
  KNOB_FLAG,
  KNOB_DURATION,
  KNOB_COUNT,
  KNOB_SHORT_COUNT,
  KNOB_REAL,
  KNOB_PORT_RULE,
  KNOB_PORT_RANGE,
} KnobType;

typedef struct
{
  const char *name;
  KnobType type;
  gsize offset;
} Knob;

#define AT(member) G_STRUCT_OFFSET (LabNatConfig, member)

static const Knob knobs[] = {
  { "mapping", KNOB_DEPENDENCE, AT (mapping) },
  { "filtering", KNOB_DEPENDENCE, AT (filtering) },
  { "allocation", KNOB_ALLOCATION, AT (allocation) },
  { "clash", KNOB_ALLOCATION, AT (ports.clashed) },
  { "ports", KNOB_PORT_RANGE, AT (ports) },
  { "step", KNOB_SHORT_COUNT, AT (ports.step) },
  { "block", KNOB_SHORT_COUNT, AT (ports.block_size) },
  { "foreign", KNOB_REAL, AT (ports.foreign_per_s) },
  { "parity", KNOB_FLAG, AT (ports.keeps_parity) },
  { "overload", KNOB_FLAG, AT (ports.is_overloaded) },
  { "pool", KNOB_POOL, AT (is_pool_arbitrary) },
  { "hairpin", KNOB_HAIRPIN, AT (hairpin) },
  { "lifetime", KNOB_DURATION, AT (lifetimes.udp_lifetime_us) },
  { "tcp-lifetime", KNOB_DURATION, AT (lifetimes.tcp_lifetime_us) },
  { "closing-lifetime", KNOB_DURATION, AT (lifetimes.closing_lifetime_us) },
  { "icmp-lifetime", KNOB_DURATION, AT (lifetimes.icmp_lifetime_us) },
  { "refresh", KNOB_REFRESH, AT (lifetimes.is_refreshed_inbound) },
  { "table", KNOB_COUNT, AT (limits.max_mappings) },
  { "flows", KNOB_COUNT, AT (limits.flows_per_s) },
  { "ban", KNOB_COUNT, AT (limits.ban_after) },
  { "ban-time", KNOB_DURATION, AT (limits.ban_us) },
  { "unsolicited", KNOB_UNSOLICITED, AT (unsolicited) },
  { "udp", KNOB_PORT_RULE, AT (udp) },
  { "tcp", KNOB_PORT_RULE, AT (tcp) },
  { "tls-only", KNOB_FLAG, AT (is_tls_only) },
  { "alg", KNOB_FLAG, AT (has_alg) },
  { "translate", KNOB_FLAG, AT (translates) },
  { "routed", KNOB_FLAG, AT (is_routed) },
};

static const char *const choices[][5] = {
  [KNOB_DEPENDENCE] = { "endpoint-independent", "address-dependent", "address-and-port-dependent",
                        NULL },
  [KNOB_ALLOCATION] = { "preserve", "sequential", "random", "block", NULL },
  [KNOB_HAIRPIN] = { "none", "internal", "external", NULL },
  [KNOB_UNSOLICITED] = { "drop", "reject", "poison", NULL },
  [KNOB_REFRESH] = { "out", "both", NULL },
  [KNOB_POOL] = { "paired", "arbitrary", NULL },
};

/* "all", "none", or the ports that are left open. */
static gboolean
set_port_rule (LabNatPortRule *rule, const char *value, GError **error)
{
  g_auto (GStrv) ports = g_strsplit (value, ",", -1);
  LabNatPortRule result = { .is_blocked = !g_str_equal (value, "all") };

  if (!result.is_blocked || g_str_equal (value, "none"))
    {
      *rule = result;
      return TRUE;
    }
  for (char **port = ports; *port != NULL; port++)
    {
      guint number;
      if (result.count == LAB_NAT_MAX_PORT_RULES
          || !lab_text_number (*port, 1, G_MAXUINT16, &number, NULL))
        {
          g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is neither all, none nor up to %d ports",
                       value, LAB_NAT_MAX_PORT_RULES);
          return FALSE;
        }
      result.ports[result.count++] = (guint16) number;
    }
  *rule = result;
  return TRUE;
}

static gboolean
set_port_range (LabNatPorts *ports, const char *value, GError **error)
{
  g_auto (GStrv) ends = g_strsplit (value, "-", -1);
  guint min, max;

  if (g_strv_length (ends) != 2 || !lab_text_number (ends[0], 1, G_MAXUINT16, &min, NULL)
      || !lab_text_number (ends[1], min, G_MAXUINT16, &max, NULL))
    {
      g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is no range of ports", value);
      return FALSE;
    }
  ports->min = (guint16) min;
  ports->max = (guint16) max;
  return TRUE;
}

static gboolean
set_knob (const Knob *knob, gpointer place, const char *value, GError **error)
{
  guint number = 0;

  switch (knob->type)
    {
    case KNOB_FLAG:
      return lab_text_flag (value, place, error);
    case KNOB_DURATION:
      return lab_text_duration (value, place, error);
    case KNOB_COUNT:
      return lab_text_number (value, 0, 1000000, place, error);
    case KNOB_REAL:
      return lab_text_real (value, 1e6, place, error);
    case KNOB_PORT_RULE:
      return set_port_rule (place, value, error);
    case KNOB_PORT_RANGE:
      return set_port_range (place, value, error);
    case KNOB_SHORT_COUNT:
      if (!lab_text_number (value, 1, 32768, &number, error))
        return FALSE;
      *(guint16 *) place = (guint16) number;
      return TRUE;
    case KNOB_DEPENDENCE:
    case KNOB_ALLOCATION:
    case KNOB_HAIRPIN:
    case KNOB_UNSOLICITED:
    case KNOB_REFRESH:
    case KNOB_POOL:
    default:
      if (!lab_text_choice (value, choices[knob->type], &number, error))
        return FALSE;
      *(guint *) place = number; /* enums and gboolean have its size */
      return TRUE;
    }
}

/* Turns one knob. It may be turned while a NAT runs (lab_nat_get_config): what there is stays as it
 * is, what comes follows the new rule. */
gboolean
lab_nat_config_set (LabNatConfig *config, const char *key, const char *value, GError **error)
{
  G_STATIC_ASSERT (sizeof (LabNatDependence) == sizeof (guint)
                   && sizeof (gboolean) == sizeof (int));

  for (guint i = 0; i < G_N_ELEMENTS (knobs); i++)
    {
      if (!g_str_equal (knobs[i].name, key))
        continue;
      if (!set_knob (&knobs[i], (char *) config + knobs[i].offset, value, error))
        {
          g_prefix_error (error, "%s: ", key);
          return FALSE;
        }
      if (config->ports.clashed == LAB_NAT_PRESERVE)
        config->ports.clashed = LAB_NAT_RANDOM;
      return TRUE;
    }
  g_set_error (error, LAB_TEXT_ERROR, 0, "a NAT has no '%s'", key);
  return FALSE;
}
