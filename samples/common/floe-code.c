/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-code.h"

#include <string.h>
#include <sys/random.h>

/* 128 bits in symbols of 5, and what the last of them has too many. */
#define N_SYMBOLS 26
#define SPARE_BITS (N_SYMBOLS * 5 - FLOE_CODE_SECRET_SIZE * 8)
#define ROOM_DIGITS 64
/* Generous with hyphens and blanks, but not without end. */
#define MAX_TEXT_SIZE 128

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void
floe_code_generate (FloeCode *self)
{
  /* Up to 256 bytes come whole once the kernel's pool is ready, and the call waits for that. */
  if (getrandom (self->secret, sizeof self->secret, 0) != sizeof self->secret)
    g_error ("The kernel gives no random bytes");
}

/* The five bits that @c stands for, or -1. */
static int
read_symbol (char c)
{
  const char *place;

  c = g_ascii_toupper (c);
  if (c == 'O')
    c = '0';
  else if (c == 'I' || c == 'L')
    c = '1';
  place = c != '\0' ? strchr (symbols, c) : NULL;
  return place != NULL ? (int) (place - symbols) : -1;
}

/* Shifts five bits a symbol through @bits and takes out bytes as they fill. */
static gboolean
decode (const char *text, guint8 secret[FLOE_CODE_SECRET_SIZE])
{
  guint32 bits = 0;
  guint bit_count = 0, symbol_count = 0;
  gsize size = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      int value = read_symbol (*p);
      if (*p == '-' || g_ascii_isspace (*p))
        continue;
      if (value < 0 || ++symbol_count > N_SYMBOLS)
        return FALSE;
      bits = bits << 5 | (guint32) value;
      bit_count += 5;
      if (bit_count < 8 || size == FLOE_CODE_SECRET_SIZE)
        continue;
      bit_count -= 8;
      secret[size++] = (guint8) (bits >> bit_count);
    }
  return symbol_count == N_SYMBOLS && (bits & ((1U << SPARE_BITS) - 1)) == 0;
}

gboolean
floe_code_parse (const char *text, FloeCode *out, GError **error)
{
  g_auto (FloeCode) code = { 0 };

  if (strnlen (text, MAX_TEXT_SIZE + 1) > MAX_TEXT_SIZE || !decode (text, code.secret))
    {
      g_set_error (error, FLOE_ERROR, FLOE_ERROR_SYNTAX,
                   "This is no code: a code has %d letters and digits; check that all were copied",
                   N_SYMBOLS);
      return FALSE;
    }
  *out = code;
  return TRUE;
}

char *
floe_code_to_string (const FloeCode *self)
{
  char text[N_SYMBOLS + 1] = { 0 };
  guint32 bits = 0;
  guint bit_count = 0;
  gsize next = 0;

  for (guint i = 0; i < N_SYMBOLS; i++)
    {
      if (bit_count < 5)
        {
          bits = bits << 8 | (next < FLOE_CODE_SECRET_SIZE ? self->secret[next++] : 0);
          bit_count += 8;
        }
      bit_count -= 5;
      text[i] = symbols[bits >> bit_count & 31];
    }
  return g_strdup (text);
}

char *
floe_code_get_room (const FloeCode *self)
{
  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, self->secret, sizeof self->secret,
                                    "floe 1 room", -1);
}

gboolean
floe_code_is_room (const char *room)
{
  return strnlen (room, ROOM_DIGITS + 1) == ROOM_DIGITS
         && strspn (room, "0123456789abcdef") == ROOM_DIGITS;
}

void
floe_code_get_key (const FloeCode *self, guint8 key[FLOE_CODE_KEY_SIZE])
{
  GHmac *hmac = g_hmac_new (G_CHECKSUM_SHA256, self->secret, sizeof self->secret);
  gsize size = FLOE_CODE_KEY_SIZE;

  g_hmac_update (hmac, (const guchar *) "floe 1 auth", -1);
  g_hmac_get_digest (hmac, key, &size);
  g_hmac_unref (hmac);
}

void
floe_code_clear (FloeCode *self)
{
  explicit_bzero (self->secret, sizeof self->secret);
}
