/* SPDX-License-Identifier: MPL-2.0 */
#include "consent.h"

#include "prompt.h"

struct _Consent
{
  ConsentFunc callback;
  gpointer user_data;
  Prompt *prompt; /* (owned) (nullable): while somebody is asked */
  guint source;   /* 0 unless the answer is to be told */
  ConsentAnswer answer;
  ConflictRule rule;
  gboolean accepts;
  gboolean is_possible; /* to ask */
};

static gboolean
on_answer (gpointer user_data)
{
  Consent *self = user_data;

  self->source = 0;
  self->callback (self->answer, self->rule, self->user_data);
  return G_SOURCE_REMOVE;
}

static void
answer (Consent *self, ConsentAnswer answer)
{
  self->answer = answer;
  self->source = g_idle_add (on_answer, self);
}

static void
on_accept_answer (int choice, gpointer user_data)
{
  Consent *self = user_data;

  g_clear_pointer (&self->prompt, prompt_free);
  answer (self, choice == 0 ? CONSENT_ACCEPTED : CONSENT_REFUSED);
}

static void
ask_to_accept (Consent *self)
{
  static const char *const choices[] = { "yes", "no", NULL };

  if (self->accepts)
    answer (self, CONSENT_ACCEPTED);
  else if (!self->is_possible)
    answer (self, CONSENT_NOBODY);
  else
    self->prompt = prompt_new ("Accept?", choices, 0, on_accept_answer, self);
}

static void
on_conflict_answer (int choice, gpointer user_data)
{
  static const ConflictRule rules[] = { CONFLICT_OVERWRITE, CONFLICT_RENAME, CONFLICT_SKIP };
  Consent *self = user_data;

  g_clear_pointer (&self->prompt, prompt_free);
  if (choice < 0 || choice >= (int) G_N_ELEMENTS (rules))
    {
      answer (self, CONSENT_REFUSED);
      return;
    }
  self->rule = rules[choice];
  ask_to_accept (self);
}

static void
ask_about_conflict (Consent *self, const char *existing_name)
{
  static const char *const choices[] = { "overwrite", "rename", "skip", "cancel", NULL };
  g_autofree char *question = g_strdup_printf ("%s exists already. What to do?", existing_name);

  self->prompt = prompt_new (question, choices, 3, on_conflict_answer, self);
}

Consent *
consent_new (const Options *options, const char *existing_name, ConsentFunc callback,
             gpointer user_data)
{
  Consent *self = g_new0 (Consent, 1);

  self->callback = callback;
  self->user_data = user_data;
  self->accepts = options->accepts;
  self->is_possible = prompt_is_possible ();
  self->rule = options->has_conflict_rule ? options->conflict_rule : CONFLICT_REFUSE;
  if (existing_name == NULL || options->has_conflict_rule)
    ask_to_accept (self);
  else if (self->is_possible)
    ask_about_conflict (self, existing_name);
  else
    answer (self, CONSENT_CONFLICT);
  return self;
}

void
consent_free (Consent *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_pointer (&self->prompt, prompt_free);
  g_free (self);
}
