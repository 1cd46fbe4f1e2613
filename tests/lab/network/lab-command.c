/* SPDX-License-Identifier: MPL-2.0 */
/* What can happen to a world while it runs, and what can be asked of it. */
#include <string.h>

#include "lab-network-private.h"
#include "lab-text.h"

/* @node is NAME or NAME/INTERFACE, found; @uplink its first link, or that one. */
typedef struct
{
  LabNetwork *network;
  gint64 now_us;
  LabNode *node;
  LabUplink *uplink;
  char **words; /* behind the node */
} Command;

typedef gboolean (*CommandFunc) (Command *command, GString *reply, GError **error);

static gboolean
need_router (const Command *command, GError **error)
{
  if (command->node->nat != NULL || command->node->firewall != NULL)
    return TRUE;
  g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' has no NAT", command->node->name);
  return FALSE;
}

static gboolean
run_reboot (Command *command, GString *reply, GError **error)
{
  if (!need_router (command, error))
    return FALSE;
  if (command->node->nat != NULL)
    lab_nat_reboot (command->node->nat, command->now_us);
  if (command->node->firewall != NULL)
    lab_nat_reboot (command->node->firewall, command->now_us);
  return TRUE;
}

static void
tell_addresses (const LabUplink *uplink, GString *reply)
{
  for (guint i = 0; i < uplink->addresses->len; i++)
    {
      g_autofree char *text =
          lab_address_to_string (&g_array_index (uplink->addresses, LabAddress, i));
      g_string_append_printf (reply, "%s\n", text);
    }
}

/* A provider's new lease: other addresses, and all mappings gone. */
static gboolean
run_readdress (Command *command, GString *reply, GError **error)
{
  LabUplink *uplink = command->uplink;
  gboolean has_v4 = lab_uplink_address (uplink, TRUE) != NULL;
  gboolean has_v6 = lab_uplink_address (uplink, FALSE) != NULL;
  guint count = uplink->addresses->len / (has_v4 && has_v6 ? 2 : 1);

  if (command->node->type != LAB_NODE_ROUTER)
    {
      g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is no router", command->node->name);
      return FALSE;
    }
  g_array_set_size (uplink->addresses, 0);
  lab_uplink_give_addresses (uplink, count, has_v4, has_v6);
  if (command->node->nat != NULL)
    lab_nat_clear_externals (command->node->nat, command->now_us);
  lab_node_name_externals (command->node);
  tell_addresses (uplink, reply);
  return TRUE;
}

static gboolean
run_down (Command *command, GString *reply, GError **error)
{
  return lab_uplink_set (command->uplink, "down", "yes", error);
}

static gboolean
run_up (Command *command, GString *reply, GError **error)
{
  return lab_uplink_set (command->uplink, "down", "no", error);
}

static gboolean
set_nat (Command *command, const char *key, const char *value, GError **error)
{
  if (!need_router (command, error))
    return FALSE;
  if (command->node->firewall != NULL
      && !lab_nat_config_set (lab_nat_get_config (command->node->firewall), key, value, error))
    return FALSE;
  return command->node->nat == NULL
         || lab_nat_config_set (lab_nat_get_config (command->node->nat), key, value, error);
}

/* "translate" and "routed" would need other addresses below. */
static gboolean
is_fixed (const char *word)
{
  return g_str_has_prefix (word, "translate=") || g_str_has_prefix (word, "routed=");
}

static gboolean
run_set (Command *command, GString *reply, GError **error)
{
  for (char **word = command->words; *word != NULL; word++)
    {
      char *value = strchr (*word, '=');
      gboolean is_set;
      if (value == NULL || is_fixed (*word))
        {
          g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' can't be set", *word);
          return FALSE;
        }
      *value++ = '\0';
      is_set = lab_uplink_has (*word) ? lab_uplink_set (command->uplink, *word, value, error)
                                      : set_nat (command, *word, value, error);
      if (!is_set)
        return FALSE;
    }
  return TRUE;
}

static gboolean
run_mappings (Command *command, GString *reply, GError **error)
{
  LabNat *nats[] = { command->node->nat, command->node->firewall };

  if (!need_router (command, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (nats); i++)
    {
      g_autofree char *list =
          nats[i] != NULL ? lab_nat_list_mappings (nats[i], command->now_us) : NULL;
      g_string_append (reply, list != NULL ? list : "");
    }
  return TRUE;
}

static gboolean
run_flows (Command *command, GString *reply, GError **error)
{
  g_autofree char *list = lab_flows_list (command->uplink);

  g_string_append (reply, list);
  return TRUE;
}

/* Two lines: the way up and the way down: packets, bytes, packets that were dropped. */
static gboolean
run_counters (Command *command, GString *reply, GError **error)
{
  const LabLink *links[] = { &command->uplink->up, &command->uplink->down };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    g_string_append_printf (
        reply, "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
        i == 0 ? "up" : "down", links[i]->counters.packets, links[i]->counters.bytes,
        links[i]->counters.dropped);
  return TRUE;
}

static gboolean
run_addresses (Command *command, GString *reply, GError **error)
{
  tell_addresses (command->uplink, reply);
  return TRUE;
}

static const struct
{
  const char *name;
  CommandFunc func;
} commands[] = {
  { "reboot", run_reboot },
  { "readdress", run_readdress },
  { "down", run_down },
  { "up", run_up },
  { "set", run_set },
  { "mappings", run_mappings },
  { "flows", run_flows },
  { "counters", run_counters },
  { "addresses", run_addresses },
};

static gboolean
find_place (Command *command, const char *place, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (place, "/", 2);

  command->node = lab_network_find (command->network, parts[0] != NULL ? parts[0] : "");
  for (guint i = 0; command->node != NULL && i < command->node->uplinks->len; i++)
    {
      LabUplink *uplink = g_ptr_array_index (command->node->uplinks, i);
      if (command->uplink == NULL && (parts[1] == NULL || g_str_equal (parts[1], uplink->name)))
        command->uplink = uplink;
    }
  if (command->uplink != NULL)
    return TRUE;
  g_set_error (error, LAB_TEXT_ERROR, 0, "there is no '%s' with a link", place);
  return FALSE;
}

/* Carries out one line, "VERB NODE ...". (transfer full) (nullable): the answer, lines or nothing.
 */
char *
lab_network_command (LabNetwork *self, gint64 now_us, const char *line, GError **error)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GString) reply = g_string_new (NULL);
  Command command = { self, now_us };

  if (g_strv_length (words) < 2)
    {
      g_set_error (error, LAB_TEXT_ERROR, 0, "'%s' is no VERB NODE", line);
      return NULL;
    }
  command.words = words + 2;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    {
      if (!g_str_equal (commands[i].name, words[0]))
        continue;
      if (!find_place (&command, words[1], error) || !commands[i].func (&command, reply, error))
        return NULL;
      return g_string_free (g_steal_pointer (&reply), FALSE);
    }
  g_set_error (error, LAB_TEXT_ERROR, 0, "there is no command '%s'", words[0]);
  return NULL;
}
