/* SPDX-License-Identifier: MPL-2.0 */
/* Questions to whoever sits at the terminal, answered while the main loop runs. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _Prompt Prompt;

/* @choice: the index of the answer, or -1 when the terminal is gone. Called once. */
typedef void (*PromptFunc) (int choice, gpointer user_data);

/* Whether there is a terminal to ask at: standard input and standard error are one. */
gboolean prompt_is_possible (void);

/* (transfer full): asks @question, a sentence, and reads a line; the answer is one of @choices
 * (NULL-terminated) by its first letters, and @default_choice for an empty line. Asks again when it
 * is neither. Control characters in @question are escaped. */
Prompt *prompt_new (const char *question, const char *const *choices, int default_choice,
                    PromptFunc callback, gpointer user_data);

/* The function is not called any more. Legal inside it. */
void prompt_free (Prompt *self);

/* (transfer full) (nullable): asks for a secret, waits for it, and does not show what is typed. A
 * line of standard input when that is no terminal; NULL when there is none. */
char *prompt_read_secret (const char *question);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Prompt, prompt_free)

G_END_DECLS
