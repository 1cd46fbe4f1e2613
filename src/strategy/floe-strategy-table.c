/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-strategy-table-private.h"

#define FULLY_KNOWN                                                                                \
  .udp = FLOE_NAT_ANSWER_YES, .confidence = FLOE_NAT_CONFIDENCE_HIGH,                              \
  .punching = FLOE_PUNCHING_BLOCK
#define MAPS(kind) .is_translated = FLOE_NAT_ANSWER_YES, .mapping = FLOE_NAT_BEHAVIOUR_##kind
#define FILTERS(kind) .filtering = FLOE_NAT_BEHAVIOUR_##kind
#define UNTRANSLATED                                                                               \
  .is_translated = FLOE_NAT_ANSWER_NO, .mapping = FLOE_NAT_BEHAVIOUR_ENDPOINT_INDEPENDENT

/* What carriers' blocks have. */
#define USUAL_BLOCK 2016
/* What NATs do that give each flow the next port of its parity. */
#define USUAL_STEP 1

static const FloeNatSummary examples[FLOE_STRATEGY_CLASS_COUNT] = {
  [FLOE_STRATEGY_CLASS_OPEN] = { FULLY_KNOWN, UNTRANSLATED, FILTERS (ENDPOINT_INDEPENDENT) },
  [FLOE_STRATEGY_CLASS_FIREWALL] = { FULLY_KNOWN, UNTRANSLATED,
                                     FILTERS (ADDRESS_AND_PORT_DEPENDENT) },
  [FLOE_STRATEGY_CLASS_FULL_CONE] = { FULLY_KNOWN, MAPS (ENDPOINT_INDEPENDENT),
                                      FILTERS (ENDPOINT_INDEPENDENT) },
  [FLOE_STRATEGY_CLASS_RESTRICTED] = { FULLY_KNOWN, MAPS (ENDPOINT_INDEPENDENT),
                                       FILTERS (ADDRESS_DEPENDENT) },
  [FLOE_STRATEGY_CLASS_PORT_RESTRICTED] = { FULLY_KNOWN, MAPS (ENDPOINT_INDEPENDENT),
                                            FILTERS (ADDRESS_AND_PORT_DEPENDENT) },
  [FLOE_STRATEGY_CLASS_ADDRESS_DEPENDENT] = { FULLY_KNOWN, MAPS (ADDRESS_DEPENDENT),
                                              FILTERS (ADDRESS_DEPENDENT),
                                              .allocation = FLOE_NAT_ALLOCATION_RANDOM },
  [FLOE_STRATEGY_CLASS_SEQUENTIAL] = { FULLY_KNOWN, MAPS (ADDRESS_AND_PORT_DEPENDENT),
                                       FILTERS (ADDRESS_AND_PORT_DEPENDENT),
                                       .allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL,
                                       .step = USUAL_STEP },
  [FLOE_STRATEGY_CLASS_BLOCK] = { FULLY_KNOWN, MAPS (ADDRESS_AND_PORT_DEPENDENT),
                                  FILTERS (ADDRESS_AND_PORT_DEPENDENT),
                                  .allocation = FLOE_NAT_ALLOCATION_PORT_BLOCK,
                                  .pool = USUAL_BLOCK },
  [FLOE_STRATEGY_CLASS_RANDOM] = { FULLY_KNOWN, MAPS (ADDRESS_AND_PORT_DEPENDENT),
                                   FILTERS (ADDRESS_AND_PORT_DEPENDENT),
                                   .allocation = FLOE_NAT_ALLOCATION_RANDOM },
  [FLOE_STRATEGY_CLASS_BLOCKED] = { .udp = FLOE_NAT_ANSWER_NO,
                                    .confidence = FLOE_NAT_CONFIDENCE_HIGH },
};

static const char *const path_names[FLOE_STRATEGY_PATH_COUNT] = {
  [FLOE_STRATEGY_PATH_DIRECT] = "direct",
  [FLOE_STRATEGY_PATH_PREDICTED] = "foretold ports",
  [FLOE_STRATEGY_PATH_PUNCHED] = "punching",
  [FLOE_STRATEGY_PATH_RELAY_UDP] = "relay",
  [FLOE_STRATEGY_PATH_RELAY_TCP] = "relay over TCP",
  [FLOE_STRATEGY_PATH_RELAY_TLS] = "relay over TLS",
  [FLOE_STRATEGY_PATH_ICE_TCP] = "direct over TCP",
};

const FloeNatSummary *
floe_strategy_class_get_example (FloeStrategyClass kind)
{
  return &examples[kind];
}

char *
floe_strategy_plan_describe (const FloeStrategyPlan *plan)
{
  GString *text = g_string_new (plan->explanation);

  for (guint i = 0; i < plan->row_count; i++)
    {
      const FloeStrategyRow *row = &plan->rows[i];

      g_string_append_printf (text, "%s%s %s %u ms", i == 0 ? " Begins: " : ", ",
                              path_names[row->path], row->start_after_ms == 0 ? "at" : "after",
                              row->start_after_ms);
      if (row->is_standby)
        g_string_append (text, " (stands by)");
    }
  if (plan->row_count > 0)
    g_string_append_c (text, '.');
  return g_string_free (text, FALSE);
}

char **
floe_strategy_describe_table (const FloeNatSummary *local, const FloeStrategyConfig *config)
{
  GStrvBuilder *builder = g_strv_builder_new ();
  char **lines;

  for (guint i = 0; i < FLOE_STRATEGY_CLASS_COUNT; i++)
    {
      g_autofree char *line = NULL;
      FloeStrategyPlan plan;

      floe_strategy_make_plan (&plan, local, &examples[i], config);
      line = floe_strategy_plan_describe (&plan);
      g_strv_builder_add (builder, line);
    }
  lines = g_strv_builder_end (builder);
  g_strv_builder_unref (builder);
  return lines;
}
