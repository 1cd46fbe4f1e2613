/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-plan-private.h"

#include <string.h>

#include "floe-random-private.h"

static void
free_target (gpointer data)
{
  FloeNatTarget *target = data;

  if (target->password != NULL)
    explicit_bzero (target->password, strlen (target->password));
  g_free (target->url);
  g_free (target->host);
  g_free (target->username);
  g_free (target->password);
  g_free (target);
}

FloeNatPlan *
floe_nat_plan_new (void)
{
  FloeNatPlan *self = g_atomic_rc_box_new0 (FloeNatPlan);

  self->targets = g_ptr_array_new_with_free_func (free_target);
  return self;
}

FloeNatPlan *
floe_nat_plan_ref (FloeNatPlan *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear_plan (gpointer data)
{
  FloeNatPlan *self = data;

  g_ptr_array_unref (self->targets);
  g_strfreev (self->interfaces);
  g_clear_object (&self->proxy_resolver);
  g_clear_object (&self->tls_database);
  g_clear_object (&self->cache_file);
}

void
floe_nat_plan_unref (FloeNatPlan *self)
{
  g_atomic_rc_box_release_full (self, clear_plan);
}

void
floe_nat_plan_add_target (FloeNatPlan *self, const FloeNatTarget *target)
{
  FloeNatTarget *copy;

  if (self->targets->len >= FLOE_NAT_MAX_TARGETS)
    return;
  copy = g_new0 (FloeNatTarget, 1);
  copy->url = g_strdup (target->url);
  copy->host = g_strdup (target->host);
  copy->port = target->port;
  copy->way = target->way;
  copy->username = g_strdup (target->username);
  copy->password = g_strdup (target->password);
  g_ptr_array_add (self->targets, copy);
}

static void
add_text (GChecksum *checksum, const char *text)
{
  /* With its end, so that no two lists of texts look the same. */
  g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text) + 1);
}

char *
floe_nat_plan_get_digest (const FloeNatPlan *self)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  for (guint i = 0; i < self->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->targets, i);

      add_text (checksum, target->url);
      /* Without a password a TURN server can tell less. */
      add_text (checksum, target->password != NULL ? "with password" : "");
    }
  /* A firewall may let only some ports through. */
  if (self->max_port > 0)
    {
      g_autofree char *range = g_strdup_printf ("%u-%u", self->min_port, self->max_port);

      add_text (checksum, range);
    }
  return g_strdup (g_checksum_get_string (checksum));
}

/* Random, so that a fingerprint tells nothing about a password. */
static const guint8 *
get_salt (void)
{
  static guint8 salt[16];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      floe_random_bytes (salt, sizeof salt);
      g_once_init_leave (&is_made, 1);
    }
  return salt;
}

/* No two objects of the process have the same, whereas addresses are used again. */
static void
add_object (GChecksum *checksum, gpointer object)
{
  static gint last_id = 0;
  g_autofree char *text = NULL;
  GQuark quark = g_quark_from_static_string ("floe-nat-plan-id");
  guint id = 0;

  if (object != NULL)
    {
      gpointer fresh = GINT_TO_POINTER (g_atomic_int_add (&last_id, 1) + 1);

      g_object_replace_qdata (object, quark, NULL, fresh, NULL, NULL);
      id = GPOINTER_TO_UINT (g_object_get_qdata (object, quark));
    }
  text = g_strdup_printf ("%u", id);
  add_text (checksum, text);
}

char *
floe_nat_plan_get_fingerprint (const FloeNatPlan *self)
{
  g_autofree char *range = NULL;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);

  g_checksum_update (checksum, get_salt (), 16);
  for (guint i = 0; i < self->targets->len; i++)
    {
      const FloeNatTarget *target = g_ptr_array_index (self->targets, i);

      add_text (checksum, target->url);
      add_text (checksum, target->username != NULL ? target->username : "");
      add_text (checksum, target->password != NULL ? target->password : "");
    }
  add_text (checksum, "interfaces");
  for (guint i = 0; self->interfaces != NULL && self->interfaces[i] != NULL; i++)
    add_text (checksum, self->interfaces[i]);
  add_text (checksum, self->include_loopback ? "1" : "0");
  add_text (checksum, self->keeps_to_route ? "1" : "0");
  range = g_strdup_printf ("%u-%u", self->min_port, self->max_port);
  add_text (checksum, range);
  add_object (checksum, self->proxy_resolver);
  add_object (checksum, self->tls_database);
  return g_strdup (g_checksum_get_string (checksum));
}
