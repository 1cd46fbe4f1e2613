/* SPDX-License-Identifier: MPL-2.0 */
/* Two real engines, and somebody who stands between them: the input says what becomes of each
 * datagram of the handshake and after it, and of bytes that nobody sent.
 *
 * Properties: what an end is given the other one has sent, just so and not twice; an end that
 * expects another certificate never connects; and two ends whose datagrams all arrived do.
 *
 * Input: a byte of flags, then steps: a byte that says whose datagram or end it is (the highest
 * bit) and what becomes of it, with what that needs. */
#include "floe-certificate-private.h"
#include "floe-dtls-engine-private.h"
#include "fuzz-input.h"

#include <string.h>

#define MTU 1200
#define MAX_STEPS 128
#define MAX_DATAGRAMS 512 /* of both ends: an end that answers more than it hears would go on */
#define MAX_SENT 64
#define MARK_SIZE 8

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

typedef struct _End End;

struct _End
{
  FloeDtlsEngine *engine; /* (owned) */
  End *peer;              /* (unowned) */
  GQueue wire;            /* of GBytes (owned): what it has sent and has not arrived */
  GBytes *last;           /* (owned) (nullable): what arrived last at the other end */
  gboolean expects_nobody;
  guint sent_count;
  guint64 received; /* bits by number of what @peer has sent */
  guint *total;     /* (unowned) datagrams of both */
};

static void
on_output (const guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;

  g_assert_cmpuint (size, >, 0);
  if ((*end->total)++ < MAX_DATAGRAMS)
    g_queue_push_tail (&end->wire, g_bytes_new (data, size));
}

/* What each end sends is its own number and the end's address, so that nobody makes it up. */
static void
make_mark (const End *end, guint number, guint8 mark[MARK_SIZE])
{
  memcpy (mark, "message", MARK_SIZE - 1);
  mark[0] = end < end->peer ? 'a' : 'b';
  mark[MARK_SIZE - 1] = (guint8) number;
}

static void
on_received (const guint8 *data, gsize size, gpointer user_data)
{
  End *end = user_data;
  guint8 mark[MARK_SIZE];
  guint number;

  g_assert_false (end->expects_nobody);
  g_assert_cmpuint (size, ==, MARK_SIZE);
  number = data[MARK_SIZE - 1];
  g_assert_cmpuint (number, <, end->peer->sent_count);
  make_mark (end->peer, number, mark);
  g_assert_cmpmem (data, size, mark, sizeof mark);
  g_assert_false (end->received & G_GUINT64_CONSTANT (1) << number);
  end->received |= G_GUINT64_CONSTANT (1) << number;
}

static void
on_state_changed (FloeDtlsState state, const GError *error, gpointer user_data)
{
  const End *end = user_data;

  g_assert_true ((error != NULL) == (state == FLOE_DTLS_FAILED));
  g_assert_false (end->expects_nobody && state == FLOE_DTLS_CONNECTED);
}

static const FloeDtlsCallbacks callbacks = { on_output, on_received, on_state_changed };

static void
open_end (End *end, End *peer, gboolean is_client, guint *total)
{
  static FloeCertificate *certificates[2]; /* made once: they cost more than all the rest */
  const char *fingerprints[] = { NULL, NULL };
  g_autofree char *fingerprint = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (certificates); i++)
    {
      if (certificates[i] == NULL)
        certificates[i] = floe_certificate_generate (NULL);
    }
  fingerprint = floe_certificate_get_fingerprint (certificates[!is_client]);
  if (end->expects_nobody)
    memset (strchr (fingerprint, ' ') + 1, '0', 2);
  if (end->expects_nobody)
    memset (strchr (fingerprint, ' ') + 4, '0', 2);
  fingerprints[0] = fingerprint;
  end->peer = peer;
  end->total = total;
  g_queue_init (&end->wire);
  end->engine =
      floe_dtls_engine_new (certificates[is_client], is_client, fingerprints, MTU, &callbacks, end);
}

static void
close_end (End *end)
{
  floe_dtls_engine_close (end->engine);
  floe_dtls_engine_free (end->engine);
  g_queue_clear_full (&end->wire, (GDestroyNotify) g_bytes_unref);
  g_clear_pointer (&end->last, g_bytes_unref);
}

static void
deliver (End *to, const guint8 *data, gsize size)
{
  floe_dtls_engine_handle_datagram (to->engine, data, size);
}

/* Exact copies, so that a sanitizer sees a byte read too far. */
static void
deliver_changed (End *to, GBytes *datagram, FloeReader *input)
{
  gsize size = g_bytes_get_size (datagram);
  g_autofree guint8 *copy = g_memdup2 (g_bytes_get_data (datagram, NULL), size);
  gsize at = (gsize) floe_reader_uint (input, 2) % size;

  copy[at] ^= (guint8) floe_reader_uint (input, 1);
  /* Any size from none to all of it. */
  if (floe_reader_uint (input, 1) & 1)
    size = at;
  deliver (to, copy, size);
}

/* FALSE when there was nothing on the way. */
static gboolean
pass_on (End *from)
{
  GBytes *datagram = g_queue_pop_head (&from->wire);

  if (datagram == NULL)
    return FALSE;
  g_clear_pointer (&from->last, g_bytes_unref);
  from->last = datagram;
  deliver (from->peer, g_bytes_get_data (datagram, NULL), g_bytes_get_size (datagram));
  return TRUE;
}

static void
send_mark (End *end)
{
  guint8 mark[MARK_SIZE];

  make_mark (end, end->sent_count, mark);
  if (end->sent_count < MAX_SENT)
    end->sent_count += floe_dtls_engine_send (end->engine, mark, sizeof mark);
}

static void
make_up (End *to, FloeReader *input)
{
  gsize size = fuzz_input_size (input, 2);
  g_autofree guint8 *copy = fuzz_input_copy (input, size);

  if (size > 0)
    deliver (to, copy, size);
}

/* Returns FALSE for what may keep the ends apart. */
static gboolean
step (End *from, guint what, FloeReader *input)
{
  g_autoptr (GBytes) datagram = NULL;

  switch (what % 8)
    {
    case 0:
    case 1:
      pass_on (from);
      return TRUE;
    case 2:
      send_mark (from);
      return TRUE;
    case 3: /* once more */
      if (from->last != NULL)
        deliver (from->peer, g_bytes_get_data (from->last, NULL), g_bytes_get_size (from->last));
      return TRUE;
    case 4: /* lost */
      datagram = g_queue_pop_head (&from->wire);
      return FALSE;
    case 5: /* late */
      datagram = g_queue_pop_head (&from->wire);
      if (datagram != NULL)
        g_queue_push_tail (&from->wire, g_steal_pointer (&datagram));
      return FALSE;
    case 6:
      datagram = g_queue_pop_head (&from->wire);
      if (datagram != NULL)
        deliver_changed (from->peer, datagram, input);
      return FALSE;
    case 7:
    default:
      make_up (from->peer, input);
      return FALSE;
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  FloeReader input = floe_reader_init (data, size);
  guint flags = (guint) floe_reader_uint (&input, 1);
  End ends[2] = { 0 };
  gboolean is_undisturbed = TRUE;
  guint total = 0;

  ends[1].expects_nobody = (flags & 1) != 0;
  open_end (&ends[0], &ends[1], (flags & 2) != 0, &total);
  open_end (&ends[1], &ends[0], (flags & 2) == 0, &total);
  floe_dtls_engine_start (ends[0].engine);
  floe_dtls_engine_start (ends[1].engine);
  for (guint i = 0; i < MAX_STEPS && input.size > 0; i++)
    {
      guint what = (guint) floe_reader_uint (&input, 1);

      is_undisturbed &= step (&ends[what >> 7], what, &input);
    }
  while (pass_on (&ends[0]) || pass_on (&ends[1]))
    ;
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      if (is_undisturbed && !ends[1].expects_nobody)
        g_assert_cmpint (floe_dtls_engine_get_state (ends[i].engine), ==, FLOE_DTLS_CONNECTED);
      close_end (&ends[i]);
    }
  return 0;
}
