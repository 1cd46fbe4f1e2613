/* SPDX-License-Identifier: MPL-2.0 */
#include "nat-json.h"

#include "report-json.h"
#include "sample-json.h"

static const char *
get_nick (GType type, int value)
{
  g_autoptr (GEnumClass) class = g_type_class_ref (type);
  GEnumValue *found = g_enum_get_value (class, value);

  return found != NULL ? found->value_nick : "unknown"; /* nicks are static */
}

/* @text (nullable) need not be UTF-8, as it may be from the kernel or a server. */
static void
set_text (JsonObject *object, const char *member, const char *text)
{
  g_autofree char *valid = text != NULL ? g_utf8_make_valid (text, -1) : NULL;

  sample_json_set_string (object, member, valid);
}

static void
set_nick (JsonObject *object, const char *member, GType type, int value)
{
  json_object_set_string_member (object, member, get_nick (type, value));
}

static void
set_answer (JsonObject *object, const char *member, FloeNatAnswer answer)
{
  if (answer == FLOE_NAT_ANSWER_UNKNOWN)
    json_object_set_null_member (object, member);
  else
    json_object_set_boolean_member (object, member, answer == FLOE_NAT_ANSWER_YES);
}

static JsonArray *
list_addresses (const char *const *addresses)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; addresses != NULL && addresses[i] != NULL; i++)
    json_array_add_string_element (list, addresses[i]);
  return list;
}

static JsonArray *
list_servers (const NatFacts *facts)
{
  JsonArray *list = json_array_new ();

  for (gsize i = 0; i < facts->n_servers; i++)
    {
      const NatServer *server = &facts->servers[i];
      JsonObject *object = json_object_new ();
      set_text (object, "url", server->url);
      set_text (object, "address", server->address);
      if (server->round_trip_us < 0)
        json_object_set_null_member (object, "rtt_ms");
      else
        json_object_set_double_member (object, "rtt_ms", (double) server->round_trip_us / 1000.0);
      set_nick (object, "fault", FLOE_TYPE_NAT_FAULT, (int) server->fault);
      json_array_add_object_element (list, object);
    }
  return list;
}

static JsonObject *
make_confidence (const NatFacts *facts)
{
  JsonObject *object = json_object_new ();

  for (int i = 0; i < NAT_ASPECT_COUNT; i++)
    set_nick (object, get_nick (FLOE_TYPE_NAT_ASPECT, i), FLOE_TYPE_NAT_CONFIDENCE,
              (int) facts->proofs[i].confidence);
  return object;
}

static JsonObject *
make_evidence (const NatFacts *facts)
{
  JsonObject *object = json_object_new ();

  for (int i = 0; i < NAT_ASPECT_COUNT; i++)
    set_text (object, get_nick (FLOE_TYPE_NAT_ASPECT, i), facts->proofs[i].evidence);
  return object;
}

static void
set_time (JsonObject *object, gint64 time_us)
{
  g_autoptr (GDateTime) time =
      time_us > 0 ? g_date_time_new_from_unix_utc (time_us / G_USEC_PER_SEC) : NULL;
  g_autofree char *text = time != NULL ? g_date_time_format_iso8601 (time) : NULL;

  sample_json_set_string (object, "time", text);
}

static void
set_behaviour (JsonObject *object, const NatFacts *facts)
{
  json_object_set_boolean_member (object, "udp", facts->udp == FLOE_NAT_ANSWER_YES);
  set_answer (object, "udp_limited", facts->udp_limited);
  set_answer (object, "tcp", facts->tcp);
  set_answer (object, "tls", facts->tls);
  set_text (object, "proxy", facts->proxy);
  set_answer (object, "translation", facts->translation);
  set_nick (object, "mapping", FLOE_TYPE_NAT_BEHAVIOUR, (int) facts->mapping);
  set_nick (object, "filtering", FLOE_TYPE_NAT_BEHAVIOUR, (int) facts->filtering);
  set_nick (object, "nat_type", FLOE_TYPE_NAT_TYPE, (int) facts->nat_type);
  set_nick (object, "allocation", FLOE_TYPE_NAT_ALLOCATION, (int) facts->allocation);
  if (facts->allocation == FLOE_NAT_ALLOCATION_SEQUENTIAL)
    json_object_set_int_member (object, "allocation_step", facts->allocation_step);
  if (facts->allocation == FLOE_NAT_ALLOCATION_PORT_BLOCK)
    json_object_set_int_member (object, "block_size", facts->block_size);
  set_answer (object, "hairpin", facts->hairpin);
  set_answer (object, "carrier", facts->carrier);
  set_answer (object, "poisoning", facts->poisoning);
  set_answer (object, "rewriting", facts->rewriting);
  sample_json_set_index (object, "lifetime_s",
                         facts->lifetime_s > 0 ? (gint64) facts->lifetime_s : -1);
}

static void
set_facts (JsonObject *object, const NatFacts *facts, gboolean with_evidence)
{
  set_text (object, "interface", facts->interface);
  if (facts->base_address == NULL)
    json_object_set_null_member (object, "family");
  else
    json_object_set_string_member (object, "family",
                                   facts->family == G_SOCKET_FAMILY_IPV6 ? "ipv6" : "ipv4");
  set_text (object, "address", facts->base_address);
  json_object_set_array_member (object, "external", list_addresses (facts->external));
  set_behaviour (object, facts);
  json_object_set_array_member (object, "servers", list_servers (facts));
  json_object_set_object_member (object, "confidence", make_confidence (facts));
  if (with_evidence)
    json_object_set_object_member (object, "evidence", make_evidence (facts));
  json_object_set_boolean_member (object, "complete", facts->is_complete);
  json_object_set_int_member (object, "ms", facts->duration_ms);
  json_object_set_int_member (object, "packets", facts->packet_count);
  set_time (object, facts->time_us);
}

char *
nat_json_format (const NatFacts *facts, gsize n_facts, gboolean with_evidence)
{
  JsonObject *report = json_object_new ();
  g_autofree char *line = NULL;

  json_object_set_string_member (report, "event", "nat");
  set_facts (report, &facts[0], with_evidence);
  if (n_facts > 1)
    {
      JsonArray *list = json_array_new ();
      for (gsize i = 0; i < n_facts; i++)
        {
          JsonObject *object = json_object_new ();
          set_facts (object, &facts[i], with_evidence);
          json_array_add_object_element (list, object);
        }
      json_object_set_array_member (report, "interfaces", list);
    }
  line = sample_json_take_line (report);
  return report_json_escape (line);
}
