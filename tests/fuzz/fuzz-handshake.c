/* SPDX-License-Identifier: MPL-2.0 */
/* Property: nobody who stands in between and does not know the key gets either end to believe the
 * other, whatever it makes up, passes on, sends back or repeats.
 *
 * The input is a byte with the roles, and lines: the end that hears it, then "a" or "b" and a digit
 * for something that this end has said, or anything else for the text itself. */
#include "handshake.h"

#include "transfer-message.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_LINES 64

typedef struct
{
  Handshake *handshake; /* (owned) */
  GPtrArray *said;      /* (owned): of char * */
} End;

/* (transfer full): with a fingerprint of equal bytes. */
static char *
write_sdp (guint byte)
{
  GString *sdp = g_string_new ("v=0\r\na=fingerprint:sha-256 ");

  for (gsize i = 0; i < FLOE_PROOF_FINGERPRINT_SIZE; i++)
    g_string_append_printf (sdp, "%s%02x", i == 0 ? "" : ":", byte);
  g_string_append (sdp, "\r\n");
  return g_string_free (sdp, FALSE);
}

/* Both ends have the key, and the certificate of who stands in between. */
static void
open_end (End *end, guint certificate, guint flags)
{
  static const guint8 key[FLOE_CODE_KEY_SIZE] = "what only the two ends may know";
  g_autofree char *local_sdp = write_sdp (certificate);
  g_autofree char *remote_sdp = write_sdp (0xee);
  const HandshakeOptions options = {
    .key = key,
    .role = (flags & 1) != 0 ? FLOE_PROOF_SENDER : FLOE_PROOF_RECEIVER,
    .offers = (flags & 2) != 0,
    .local_sdp = local_sdp,
    .remote_sdp = remote_sdp,
  };

  end->handshake = handshake_new (&options);
  end->said = g_ptr_array_new_with_free_func (g_free);
}

/* Takes down what @end says, of which a stranger may hear nothing but this. */
static void
listen (End *end)
{
  char *text;

  while ((text = handshake_poll (end->handshake)) != NULL)
    {
      g_auto (TransferMessage) message = { 0 };

      g_ptr_array_add (end->said, text);
      g_assert_true (transfer_message_read (text, &message, NULL));
      g_assert_true (message.kind == TRANSFER_MESSAGE_HELLO
                     || message.kind == TRANSFER_MESSAGE_PROOF
                     || message.kind == TRANSFER_MESSAGE_ERROR);
    }
}

/* (transfer none): what @line means. */
static const char *
find_text (const End ends[2], const char *line)
{
  const End *speaker;

  if ((line[0] != 'a' && line[0] != 'b') || !g_ascii_isdigit (line[1]))
    return line;
  speaker = &ends[line[0] - 'a'];
  return speaker->said->pdata[(guint) g_ascii_digit_value (line[1]) % speaker->said->len];
}

static void
check_end (const End *end)
{
  HandshakeState state = handshake_get_state (end->handshake);

  g_assert_cmpint (state, !=, HANDSHAKE_PROVEN);
  if (state == HANDSHAKE_FAILED)
    {
      g_assert_cmpint (handshake_get_status (end->handshake), !=, EXIT_STATUS_OK);
      g_assert_true (g_utf8_validate (handshake_get_message (end->handshake), -1, NULL));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  End ends[2];

  if (size == 0)
    return 0;
  text = g_strndup ((const char *) data + 1, size - 1);
  lines = g_strsplit (text, "\n", MAX_LINES);
  open_end (&ends[0], 0xaa, data[0]);
  open_end (&ends[1], 0xbb, data[0] >> 2);
  for (char **line = lines; *line != NULL; line++)
    {
      listen (&ends[0]);
      listen (&ends[1]);
      if (**line != '\0')
        handshake_handle_text (ends[**line == 'b'].handshake, find_text (ends, *line + 1));
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      check_end (&ends[i]);
      handshake_free (ends[i].handshake);
      g_ptr_array_unref (ends[i].said);
    }
  return 0;
}
