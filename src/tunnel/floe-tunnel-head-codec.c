/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-tunnel-head-codec-private.h"

#include <string.h>

/* A piece of the input. */
typedef struct
{
  const char *data; /* (unowned) */
  gsize size;
} Span;

/* RFC 9110 section 5.6.2: tchar. */
static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_token (Span span)
{
  for (gsize i = 0; i < span.size; i++)
    if (!is_token_char (span.data[i]))
      return FALSE;
  return span.size > 0;
}

static gboolean
equals_ignoring_case (Span span, const char *text)
{
  return span.size == strlen (text) && g_ascii_strncasecmp (span.data, text, span.size) == 0;
}

/* RFC 9110 section 5.6.3: OWS on both sides. */
static Span
trim (Span span)
{
  while (span.size > 0 && (span.data[0] == ' ' || span.data[0] == '\t'))
    span = (Span){ span.data + 1, span.size - 1 };
  while (span.size > 0 && (span.data[span.size - 1] == ' ' || span.data[span.size - 1] == '\t'))
    span.size--;
  return span;
}

/* Cuts off @line what comes before the first @separator. FALSE when there is none. */
static gboolean
take_until (Span *line, char separator, Span *before)
{
  const char *end = memchr (line->data, separator, line->size);

  if (end == NULL)
    return FALSE;
  *before = (Span){ line->data, (gsize) (end - line->data) };
  line->size -= before->size + 1;
  line->data = end + 1;
  return TRUE;
}

/* RFC 9110 section 5.5: no control characters, and of the others what can be seen. */
static gboolean
is_printable (Span line)
{
  for (gsize i = 0; i < line.size; i++)
    if (line.data[i] != '\t' && !g_ascii_isprint (line.data[i]))
      return FALSE;
  return TRUE;
}

/* RFC 9110 section 9.3.6: "CONNECT host:port HTTP/1.x". Where to is not the client's to say. */
static gboolean
parse_request_line (Span line)
{
  Span method, target;

  return take_until (&line, ' ', &method) && take_until (&line, ' ', &target) && method.size == 7
         && memcmp (method.data, "CONNECT", 7) == 0 && target.size > 0 && line.size == 8
         && memcmp (line.data, "HTTP/1.", 7) == 0 && g_ascii_isdigit (line.data[7]);
}

/* RFC 9110 section 11.4: a scheme, one or more spaces, and a token68. Another scheme is as good as
 * none. */
static void
parse_credentials (FloeTunnelHead *head, Span value)
{
  Span scheme;

  if (!take_until (&value, ' ', &scheme) || !equals_ignoring_case (scheme, "Basic"))
    return;
  value = trim (value);
  head->credentials = value.data;
  head->credentials_size = value.size;
}

/* FALSE when the line is no field, or one that makes the request something else than a CONNECT
 * without content (RFC 9110 section 9.3.6, RFC 9112 section 6). */
static gboolean
parse_field (FloeTunnelHead *head, Span line, gboolean *has_credentials)
{
  Span name;

  /* RFC 9112 section 5.1 refuses space before the colon, section 5.2 lines that are continued. */
  if (!take_until (&line, ':', &name) || !is_token (name))
    return FALSE;
  line = trim (line);
  if (equals_ignoring_case (name, "Transfer-Encoding"))
    return FALSE;
  if (equals_ignoring_case (name, "Content-Length"))
    return equals_ignoring_case (line, "0");
  if (equals_ignoring_case (name, "Proxy-Authorization"))
    {
      if (*has_credentials)
        return FALSE;
      *has_credentials = TRUE;
      parse_credentials (head, line);
    }
  return TRUE;
}

/* Cuts a line off the input: CR LF ends it, and neither stands anywhere else. */
static FloeTunnelHeadResult
take_line (Span *rest, Span *line)
{
  if (!take_until (rest, '\n', line))
    return FLOE_TUNNEL_HEAD_INCOMPLETE;
  if (line->size == 0 || line->data[line->size - 1] != '\r')
    return FLOE_TUNNEL_HEAD_BAD;
  line->size--;
  return is_printable (*line) ? FLOE_TUNNEL_HEAD_CONNECT : FLOE_TUNNEL_HEAD_BAD;
}

FloeTunnelHeadResult
floe_tunnel_head_parse (FloeTunnelHead *head, const char *data, gsize size)
{
  Span rest = { data, MIN (size, FLOE_TUNNEL_MAX_HEAD) };
  FloeTunnelHeadResult result;
  gboolean has_credentials = FALSE;
  Span line;

  *head = (FloeTunnelHead){ 0 };
  result = take_line (&rest, &line);
  if (result == FLOE_TUNNEL_HEAD_CONNECT && !parse_request_line (line))
    result = FLOE_TUNNEL_HEAD_BAD;
  while (result == FLOE_TUNNEL_HEAD_CONNECT)
    {
      result = take_line (&rest, &line);
      if (result != FLOE_TUNNEL_HEAD_CONNECT)
        break;
      if (line.size == 0)
        {
          head->size = (gsize) (rest.data - data);
          return FLOE_TUNNEL_HEAD_CONNECT;
        }
      if (!parse_field (head, line, &has_credentials))
        result = FLOE_TUNNEL_HEAD_BAD;
    }
  if (result == FLOE_TUNNEL_HEAD_INCOMPLETE && size >= FLOE_TUNNEL_MAX_HEAD)
    return FLOE_TUNNEL_HEAD_BAD;
  return result;
}
