/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-socket-gate-private.h"

#include <errno.h>
#include <string.h>

#ifdef __linux__
#include <linux/filter.h>
#include <sys/socket.h>
#endif

gboolean
floe_socket_gate_add_server (FloeSocketGate *self, const FloeStunAddress *server)
{
  if (self->server_count == G_N_ELEMENTS (self->servers))
    return FALSE;
  self->servers[self->server_count++] = *server;
  return TRUE;
}

#ifdef __linux__

/* Where an IP header has its source address. */
#define IPV4_SOURCE_OFFSET 12
#define IPV6_SOURCE_OFFSET 8
#define WORD_BITS 32

#define MAX_PROGRAM_SIZE 256
#define KEEP G_MAXUINT32 /* bytes */
#define DROP 0

typedef struct
{
  struct sock_filter code[MAX_PROGRAM_SIZE];
  gushort size;
  gsize address_size;
} Program;

static void
add (Program *self, guint16 code, guint32 k, guint8 if_true, guint8 if_false)
{
  g_assert (self->size < MAX_PROGRAM_SIZE);
  self->code[self->size++] = (struct sock_filter) BPF_JUMP (code, k, if_true, if_false);
}

static guint32
get_word (const guint8 *bytes)
{
  guint32 word;

  memcpy (&word, bytes, sizeof word);
  return GUINT32_FROM_BE (word);
}

/* Ends with @verdict when the first @bits of the source address are those of @bytes, and its port
 * is @port, if that is not 0; goes on with what follows otherwise. */
static void
add_rule (Program *self, const guint8 *bytes, guint bits, guint16 port, guint32 verdict)
{
  guint32 source =
      (guint32) SKF_NET_OFF
      + (self->address_size == FLOE_STUN_IPV4_SIZE ? IPV4_SOURCE_OFFSET : IPV6_SOURCE_OFFSET);
  guint words = (bits + WORD_BITS - 1) / WORD_BITS;
  guint end = self->size + 3 * words + (port != 0 ? 2 : 0);

  for (guint i = 0; i < words; i++)
    {
      guint rest = MIN (bits - i * WORD_BITS, WORD_BITS);
      guint32 mask = G_MAXUINT32 << (WORD_BITS - rest);

      add (self, BPF_LD | BPF_W | BPF_ABS, source + 4 * i, 0, 0);
      add (self, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
      /* Otherwise behind the verdict. */
      add (self, BPF_JMP | BPF_JEQ | BPF_K, get_word (bytes + 4 * i) & mask, 0,
           (guint8) (end - self->size));
    }
  if (port != 0)
    {
      /* The program sees the datagram from its UDP header on, which begins with the source port. */
      add (self, BPF_LD | BPF_H | BPF_ABS, 0, 0, 0);
      add (self, BPF_JMP | BPF_JEQ | BPF_K, port, 0, (guint8) (end - self->size));
    }
  add (self, BPF_RET | BPF_K, verdict, 0, 0);
}

static void
add_global (Program *self)
{
  const FloeStunRange *range = floe_stun_scope_get_ranges (self->address_size);

  for (;; range++)
    {
      add_rule (self, range->bytes, range->bits, 0,
                range->scope == FLOE_STUN_SCOPE_GLOBAL ? KEEP : DROP);
      if (range->bits == 0)
        return;
    }
}

static void
make_program (Program *self, const FloeSocketGate *gate)
{
  for (guint i = 0; i < gate->server_count; i++)
    {
      const FloeStunAddress *server = &gate->servers[i];

      if (server->size == self->address_size)
        add_rule (self, server->bytes, (guint) server->size * 8, server->port, KEEP);
    }
  if (gate->lets_global_in)
    add_global (self);
  else
    add (self, BPF_RET | BPF_K, DROP, 0, 0);
}

gboolean
floe_socket_gate_close (const FloeSocketGate *self, GSocket *socket, GError **error)
{
  Program program = { .address_size = g_socket_get_family (socket) == G_SOCKET_FAMILY_IPV6
                                          ? FLOE_STUN_IPV6_SIZE
                                          : FLOE_STUN_IPV4_SIZE };
  struct sock_fprog attached = { .filter = program.code };
  int code;

  make_program (&program, self);
  attached.len = program.size;
  if (setsockopt (g_socket_get_fd (socket), SOL_SOCKET, SO_ATTACH_FILTER, &attached,
                  sizeof attached)
      == 0)
    return TRUE;
  code = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code),
               "The kernel does not take the program that guards a socket: %s", g_strerror (code));
  return FALSE;
}

#else

gboolean
floe_socket_gate_close (const FloeSocketGate *self, GSocket *socket, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "This system has no way to guard a socket");
  return FALSE;
}

#endif
