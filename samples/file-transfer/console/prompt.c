/* SPDX-License-Identifier: MPL-2.0 */
#include "prompt.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "safe-text.h"

#define MAX_LINE 1024

struct _Prompt
{
  char *text;     /* (owned): the question with its choices */
  char **choices; /* (owned) */
  int default_choice;
  GString *line; /* (owned): what was typed so far */
  guint source;  /* 0 when it is over */
  PromptFunc callback;
  gpointer user_data;
};

gboolean
prompt_is_possible (void)
{
  pid_t foreground;

  if (isatty (STDIN_FILENO) != 1 || isatty (STDERR_FILENO) != 1)
    return FALSE;
  foreground = tcgetpgrp (STDIN_FILENO); /* a job in the background would be stopped */
  return foreground == -1 || foreground == getpgrp ();
}

/* The index of the choice that @line means, or -1. */
static int
find_choice (Prompt *self, const char *line)
{
  g_autofree char *typed = g_utf8_casefold (line, -1);
  int found = -1, count = 0;

  for (int i = 0; self->choices[i] != NULL; i++)
    {
      g_autofree char *choice = g_utf8_casefold (self->choices[i], -1);
      if (strcmp (choice, typed) == 0)
        return i;
      if (g_str_has_prefix (choice, typed))
        {
          found = i;
          count++;
        }
    }
  return count == 1 ? found : -1;
}

static void
ask (Prompt *self)
{
  fputs (self->text, stderr);
  fflush (stderr);
}

/* Ends with @choice. The function may free the prompt. */
static gboolean
answer (Prompt *self, int choice)
{
  self->source = 0;
  self->callback (choice, self->user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
take_line (Prompt *self)
{
  g_autofree char *line = g_utf8_make_valid (self->line->str, (gssize) self->line->len);
  int choice;

  g_string_truncate (self->line, 0);
  g_strstrip (line);
  choice = line[0] == '\0' ? self->default_choice : find_choice (self, line);
  if (choice >= 0)
    return answer (self, choice);
  ask (self);
  return G_SOURCE_CONTINUE;
}

/* A terminal gives a line at a time; longer ones come in pieces, of which the first bytes count. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  Prompt *self = data;
  char piece[256];
  gssize size = read (fd, piece, sizeof piece);
  char *end;

  if (size == -1 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (size <= 0)
    return answer (self, -1);
  end = memchr (piece, '\n', (gsize) size);
  if (end != NULL)
    size = end - piece;
  if (self->line->len + (gsize) size <= MAX_LINE)
    g_string_append_len (self->line, piece, size);
  return end != NULL ? take_line (self) : G_SOURCE_CONTINUE;
}

/* (transfer full): "Receive this? (yes/NO) ", where capitals are what an empty line means. */
static char *
format_question (const char *question, const char *const *choices, int default_choice)
{
  g_autofree char *safe = safe_message (question, MAX_LINE);
  GString *text = g_string_new (safe);

  for (int i = 0; choices[i] != NULL; i++)
    {
      g_autofree char *choice =
          i == default_choice ? g_utf8_strup (choices[i], -1) : g_strdup (choices[i]);
      g_string_append_printf (text, "%s%s", i == 0 ? " (" : "/", choice);
    }
  g_string_append (text, ") ");
  return g_string_free (text, FALSE);
}

Prompt *
prompt_new (const char *question, const char *const *choices, int default_choice,
            PromptFunc callback, gpointer user_data)
{
  Prompt *self = g_new0 (Prompt, 1);

  self->text = format_question (question, choices, default_choice);
  self->choices = g_strdupv ((char **) choices);
  self->default_choice = default_choice;
  self->line = g_string_new (NULL);
  self->callback = callback;
  self->user_data = user_data;
  self->source = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, self);
  /* What was typed before is no answer to this. */
  tcflush (STDIN_FILENO, TCIFLUSH);
  ask (self);
  return self;
}

void
prompt_free (Prompt *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_string_free (self->line, TRUE);
  g_strfreev (self->choices);
  g_free (self->text);
  g_free (self);
}

/* A signal while the terminal does not echo: taken when it does again. */
static volatile sig_atomic_t pending_signal;

static void
on_signal (int number)
{
  pending_signal = number;
}

/* Fills @line, wiped in the end, up to a line's end. FALSE when there is none. */
static gboolean
read_line (char *line, gsize size)
{
  gsize used = 0;

  while (used + 1 < size && pending_signal == 0)
    {
      gssize count = read (STDIN_FILENO, line + used, 1);
      if (count == -1 && errno == EINTR)
        continue;
      if (count <= 0 || line[used] == '\n')
        break;
      used++;
    }
  line[used] = '\0';
  return used > 0;
}

static gboolean
read_line_unseen (const char *question, char *line, gsize size)
{
  static const int numbers[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
  struct sigaction ours = { .sa_handler = on_signal }, theirs[G_N_ELEMENTS (numbers)];
  struct termios before, unseen;
  gboolean is_read;

  if (tcgetattr (STDIN_FILENO, &before) != 0)
    return FALSE;
  pending_signal = 0;
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &ours, &theirs[i]);
  unseen = before;
  unseen.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK | ECHONL);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &unseen); /* before anybody is told to type */
  fputs (question, stderr);
  fflush (stderr);
  is_read = read_line (line, size);
  tcsetattr (STDIN_FILENO, TCSANOW, &before);
  fputc ('\n', stderr);
  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    sigaction (numbers[i], &theirs[i], NULL);
  if (pending_signal != 0)
    raise (pending_signal);
  return is_read && pending_signal == 0;
}

char *
prompt_read_secret (const char *question)
{
  char line[MAX_LINE];
  gboolean is_read = isatty (STDIN_FILENO) == 1 ? read_line_unseen (question, line, sizeof line)
                                                : read_line (line, sizeof line);
  char *secret = is_read ? g_strdup (g_strstrip (line)) : NULL;

  explicit_bzero (line, sizeof line);
  return secret;
}
