/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-sdp-codec-private.h"

#include <string.h>

#include <floe/floe-error.h>

#include "floe-sdp-text-private.h"

#define MAX_MEDIA_WORD 64 /* bytes of a word in "m=", such as "UDP/DTLS/SCTP" */

static void
free_section (FloeSdpSection *section)
{
  g_free (section->media);
  g_free (section->protocol);
  g_strfreev (section->formats);
  g_ptr_array_unref (section->lines);
  g_free (section);
}

static FloeSdpSection *
new_section (void)
{
  FloeSdpSection *section = g_new0 (FloeSdpSection, 1);

  section->port_count = 1;
  section->lines = g_ptr_array_new_with_free_func (g_free);
  return section;
}

static gpointer
copy_line (gconstpointer line, gpointer user_data)
{
  return g_strdup (line);
}

static FloeSdpSection *
copy_section (const FloeSdpSection *section)
{
  FloeSdpSection *copy = g_new0 (FloeSdpSection, 1);

  copy->media = g_strdup (section->media);
  copy->port = section->port;
  copy->port_count = section->port_count;
  copy->protocol = g_strdup (section->protocol);
  copy->formats = g_strdupv (section->formats);
  copy->lines = g_ptr_array_copy (section->lines, copy_line, NULL);
  g_ptr_array_set_free_func (copy->lines, g_free);
  return copy;
}

FloeSdp *
floe_sdp_new (void)
{
  FloeSdp *self = g_new0 (FloeSdp, 1);

  self->session = new_section ();
  self->media = g_ptr_array_new_with_free_func ((GDestroyNotify) free_section);
  return self;
}

FloeSdp *
floe_sdp_copy (const FloeSdp *self)
{
  FloeSdp *copy = g_new0 (FloeSdp, 1);

  copy->session = copy_section (self->session);
  copy->media = g_ptr_array_new_with_free_func ((GDestroyNotify) free_section);
  for (guint i = 0; i < self->media->len; i++)
    g_ptr_array_add (copy->media, copy_section (floe_sdp_get_media (self, i)));
  return copy;
}

void
floe_sdp_free (FloeSdp *self)
{
  free_section (self->session);
  g_ptr_array_unref (self->media);
  g_free (self);
}

static gboolean
fail (GError **error, guint line_number, const char *what)
{
  g_set_error (error, FLOE_ERROR, FLOE_ERROR_SDP_SYNTAX_ERROR,
               "The session description does not parse: %s (line %u)", what, line_number);
  return FALSE;
}

/* "<port>" or "<port>/<number of ports>". */
static gboolean
parse_port (FloeSdpSection *section, char *word)
{
  char *slash = strchr (word, '/');
  guint64 port, count = 1;

  if (slash != NULL)
    *slash++ = '\0';
  if (!floe_sdp_parse_number (word, G_MAXUINT16, &port)
      || (slash != NULL && !floe_sdp_parse_number (slash, G_MAXUINT16, &count)))
    return FALSE;
  section->port = (guint16) port;
  section->port_count = (guint16) count;
  return count > 0;
}

/* RFC 8866 section 9: proto = token *("/" token). */
static gboolean
is_protocol (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, "/", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!floe_sdp_is_token (parts[i], MAX_MEDIA_WORD))
      return FALSE;
  return parts[0] != NULL && strlen (text) <= MAX_MEDIA_WORD;
}

/* RFC 8866 section 5.14: m=<media> <port> <proto> <fmt> ... */
static gboolean
parse_media_line (FloeSdp *self, const char *value, guint line_number, GError **error)
{
  g_auto (GStrv) words = g_strsplit (value, " ", -1);
  FloeSdpSection *section;

  if (self->media->len >= FLOE_SDP_MAX_MEDIA)
    return fail (error, line_number, "it has too many media sections");
  section = new_section ();
  g_ptr_array_add (self->media, section);
  if (g_strv_length (words) < 4 || !floe_sdp_is_token (words[0], MAX_MEDIA_WORD)
      || !parse_port (section, words[1]) || !is_protocol (words[2]))
    return fail (error, line_number, "\"m=\" wants media, port, protocol and formats");
  for (guint i = 3; words[i] != NULL; i++)
    if (!floe_sdp_is_token (words[i], MAX_MEDIA_WORD))
      return fail (error, line_number, "a format of \"m=\" is not a token");

  section->media = g_strdup (words[0]);
  section->protocol = g_strdup (words[2]);
  section->formats = g_strdupv (words + 3);
  return TRUE;
}

static gboolean
is_clean (const char *line)
{
  for (; *line != '\0'; line++)
    if (g_ascii_iscntrl (*line) && *line != '\t')
      return FALSE;
  return TRUE;
}

/* Takes @line. */
static gboolean
parse_line (FloeSdp *self, char *line, guint line_number, GError **error)
{
  g_autofree char *owned = line;
  FloeSdpSection *section = self->session;

  if (!g_ascii_islower (line[0]) || line[1] != '=' || !is_clean (line))
    return fail (error, line_number, "a line is not a letter, \"=\" and text");
  /* RFC 8866 section 5.1: version 0 is the only one there is. */
  if (self->session->lines->len == 0 && strcmp (line, "v=0") != 0)
    return fail (error, line_number, "it does not begin with \"v=0\"");
  if (line[0] == 'm')
    return parse_media_line (self, line + 2, line_number, error);
  if (self->media->len > 0)
    section = floe_sdp_get_media (self, self->media->len - 1);
  g_ptr_array_add (section->lines, g_steal_pointer (&owned));
  return TRUE;
}

static gboolean
parse_lines (FloeSdp *self, const char *text, GError **error)
{
  for (guint number = 1; *text != '\0'; number++)
    {
      gsize length = strcspn (text, "\n");
      gsize content = length;

      if (number > FLOE_SDP_MAX_LINES)
        return fail (error, number, "it has too many lines");
      if (content > 0 && text[content - 1] == '\r')
        content--;
      if (content > 0 && !parse_line (self, g_strndup (text, content), number, error))
        return FALSE;
      text += length;
      if (*text == '\n')
        text++;
    }
  return TRUE;
}

static gboolean
has_line (const FloeSdpSection *section, char type)
{
  for (guint i = 0; i < section->lines->len; i++)
    if (((const char *) section->lines->pdata[i])[0] == type)
      return TRUE;
  return FALSE;
}

FloeSdp *
floe_sdp_parse (const char *text, GError **error)
{
  g_autoptr (FloeSdp) self = floe_sdp_new ();
  gsize size = strnlen (text, FLOE_SDP_MAX_SIZE + 1);

  if (size > FLOE_SDP_MAX_SIZE || !g_utf8_validate (text, (gssize) size, NULL))
    {
      fail (error, 0, "it is longer than 256 KiB or not UTF-8");
      return NULL;
    }
  if (!parse_lines (self, text, error))
    return NULL;
  if (!has_line (self->session, 'o') || !has_line (self->session, 's'))
    {
      fail (error, 0, "\"v=\", \"o=\" or \"s=\" is missing");
      return NULL;
    }
  return g_steal_pointer (&self);
}

static void
append_section (GString *text, const FloeSdpSection *section)
{
  if (section->media != NULL)
    {
      g_autofree char *formats = g_strjoinv (" ", section->formats);

      g_string_append_printf (text, "m=%s %u", section->media, section->port);
      if (section->port_count != 1)
        g_string_append_printf (text, "/%u", section->port_count);
      g_string_append_printf (text, " %s %s\r\n", section->protocol, formats);
    }
  for (guint i = 0; i < section->lines->len; i++)
    {
      g_string_append (text, section->lines->pdata[i]);
      g_string_append (text, "\r\n");
    }
}

char *
floe_sdp_serialize (const FloeSdp *self)
{
  GString *text = g_string_new (NULL);

  append_section (text, self->session);
  for (guint i = 0; i < self->media->len; i++)
    append_section (text, floe_sdp_get_media (self, i));
  return g_string_free (text, FALSE);
}

FloeSdpSection *
floe_sdp_add_media (FloeSdp *self, const char *media, guint16 port, const char *protocol,
                    const char *format)
{
  const char *formats[] = { format, NULL };
  FloeSdpSection *section = new_section ();

  section->media = g_strdup (media);
  section->port = port;
  section->protocol = g_strdup (protocol);
  section->formats = g_strdupv ((char **) formats);
  g_ptr_array_add (self->media, section);
  return section;
}

void
floe_sdp_section_add (FloeSdpSection *section, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (section->lines, g_strdup_vprintf (format, args));
  va_end (args);
}

/* The value when @line is the attribute @name, else NULL. */
static const char *
match_attribute (const char *line, const char *name)
{
  gsize length = strlen (name);

  if (line[0] != 'a' || strncmp (line + 2, name, length) != 0)
    return NULL;
  line += 2 + length;
  if (*line == ':')
    return line + 1;
  return *line == '\0' ? line : NULL;
}

void
floe_sdp_section_remove (FloeSdpSection *section, char type, const char *attribute)
{
  for (guint i = section->lines->len; i > 0; i--)
    {
      const char *line = section->lines->pdata[i - 1];

      if (attribute != NULL ? match_attribute (line, attribute) != NULL : line[0] == type)
        g_ptr_array_remove_index (section->lines, i - 1);
    }
}

const char *
floe_sdp_section_next_attribute (const FloeSdpSection *section, const char *name, guint *position)
{
  while (*position < section->lines->len)
    {
      const char *value = match_attribute (section->lines->pdata[(*position)++], name);

      if (value != NULL)
        return value;
    }
  return NULL;
}

const char *
floe_sdp_section_get_attribute (const FloeSdpSection *section, const char *name)
{
  guint position = 0;

  return floe_sdp_section_next_attribute (section, name, &position);
}
