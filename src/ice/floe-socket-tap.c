/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-socket-tap-private.h"

#include <errno.h>
#include <string.h>

#include "floe-inet-convert-private.h"
#include "floe-log-private.h"
#include "floe-random-private.h"
#include "floe-stun-codec-private.h"

#ifdef __linux__
#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>
#endif

/* A response with all that RFC 5780 puts into it is shorter; what is longer is cut off and then
 * is no STUN. */
#define MAX_RESPONSE_SIZE 1500
#define MAX_RESPONSES_A_TURN 32 /* others have a turn in the main loop then */

#define BINDING_SUCCESS 0x0101 /* RFC 8489 section 5 */
#define BINDING_ERROR 0x0111
#define COOKIE_OFFSET 4
#define ID_OFFSET 8

#define PROBE_LIMIT_US (200 * G_TIME_SPAN_MILLISECOND)

struct _FloeSocketTap
{
  GSocket *tapped; /* (owned): libnice's */
  GSocket *socket; /* (owned) (nullable) */
  GSource *source; /* (owned) (nullable) */
  FloeSocketTapFunc func;
  gpointer user_data;
  guint8 tag[FLOE_SOCKET_TAP_TAG_SIZE];
  FloeStunAddress address;
  guint stray_count;
};

#if defined(__linux__) && defined(SO_ATTACH_REUSEPORT_CBPF)

static gboolean
fail (GError **error, const char *what)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

/* The program gives the index of the socket that gets a datagram, in the order in which they have
 * joined: libnice's is 0. It sees the payload of UDP, and what is too short for it goes to 0 as
 * well. */
static gboolean
attach_program (FloeSocketTap *self, GError **error)
{
  guint32 tag;
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_H | BPF_ABS, 0),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, BINDING_SUCCESS, 1, 0),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, BINDING_ERROR, 0, 5),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, COOKIE_OFFSET),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, FLOE_STUN_MAGIC_COOKIE, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, ID_OFFSET),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1), /* the tag, below */
    BPF_STMT (BPF_RET | BPF_K, 1),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = { .len = G_N_ELEMENTS (code), .filter = code };

  memcpy (&tag, self->tag, sizeof tag);
  code[6].k = GUINT32_FROM_BE (tag);
  if (setsockopt (g_socket_get_fd (self->socket), SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &program,
                  sizeof program)
      == 0)
    return TRUE;
  return fail (error, "The kernel does not take the program that sorts STUN responses");
}

/* The kernel puts sockets into one group only when they are alike in this; and libnice sends by a
 * certain interface where several have a route. */
static void
copy_options (FloeSocketTap *self)
{
  static const struct
  {
    GSocketFamily family;
    int level;
    int name;
  } options[] = {
    { G_SOCKET_FAMILY_IPV6, IPPROTO_IPV6, IPV6_V6ONLY },
    { G_SOCKET_FAMILY_IPV6, IPPROTO_IPV6, IPV6_UNICAST_IF },
    { G_SOCKET_FAMILY_IPV4, IPPROTO_IP, IP_UNICAST_IF },
  };

  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    {
      int value;

      if (g_socket_get_family (self->tapped) == options[i].family
          && g_socket_get_option (self->tapped, options[i].level, options[i].name, &value, NULL)
          && value != 0)
        g_socket_set_option (self->socket, options[i].level, options[i].name, value, NULL);
    }
}

/* The first socket of a group can't have the program before there is a group. So there is a moment
 * between the second one's joining and the program in which the kernel shares datagrams out by
 * chance: two system calls, at a time when no peer knows of the port yet. */
static gboolean
join (FloeSocketTap *self, GSocketAddress *address, GError **error)
{
  self->socket = g_socket_new (g_socket_get_family (self->tapped), G_SOCKET_TYPE_DATAGRAM,
                               G_SOCKET_PROTOCOL_UDP, error);
  if (self->socket == NULL)
    return FALSE;
  g_socket_set_blocking (self->socket, FALSE);
  copy_options (self);
  /* With "allow_reuse" GIO sets SO_REUSEPORT on a datagram socket. */
  return g_socket_set_option (self->tapped, SOL_SOCKET, SO_REUSEPORT, 1, error)
         && g_socket_bind (self->socket, address, TRUE, error) && attach_program (self, error);
}

#else

static gboolean
join (FloeSocketTap *self, GSocketAddress *address, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "This system has no way to share a UDP port between two sockets");
  return FALSE;
}

#endif

static gboolean
is_answer (const FloeSocketTap *self, const guint8 *data, gsize size)
{
  return floe_stun_message_is_stun (data, size)
         && memcmp (data + ID_OFFSET, self->tag, sizeof self->tag) == 0;
}

/* FALSE when nothing waits. */
static gboolean
receive (FloeSocketTap *self)
{
  guint8 data[MAX_RESPONSE_SIZE];
  g_autoptr (GSocketAddress) sender = NULL;
  g_autoptr (GError) error = NULL;
  FloeStunAddress from;
  gssize size =
      g_socket_receive_from (self->socket, &sender, (char *) data, sizeof data, NULL, &error);

  /* Other errors are of one datagram, such as what ICMP says about an earlier one. */
  if (size < 0)
    return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  if (!is_answer (self, data, (gsize) size))
    self->stray_count++;
  else if (floe_stun_address_from_socket_address (sender, &from))
    self->func (&from, data, (gsize) size, self->user_data);
  return TRUE;
}

static gboolean
on_readable (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeSocketTap *self = user_data;
  GSource *source = g_main_current_source ();

  for (guint i = 0; i < MAX_RESPONSES_A_TURN && !g_source_is_destroyed (source); i++)
    {
      if (!receive (self))
        break;
    }
  return G_SOURCE_CONTINUE;
}

FloeSocketTap *
floe_socket_tap_new (GSocket *socket, GMainContext *context, FloeSocketTapFunc func,
                     gpointer user_data, GError **error)
{
  g_autoptr (FloeSocketTap) self = g_new0 (FloeSocketTap, 1);
  g_autoptr (GSocketAddress) address = g_socket_get_local_address (socket, error);

  self->tapped = g_object_ref (socket);
  self->func = func;
  self->user_data = user_data;
  floe_random_bytes (self->tag, sizeof self->tag);
  if (address == NULL || !join (self, address, error))
    return NULL;
  floe_stun_address_from_socket_address (address, &self->address);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_readable), self, NULL);
  g_source_attach (self->source, context);
  return g_steal_pointer (&self);
}

void
floe_socket_tap_free (FloeSocketTap *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->stray_count > 0)
    floe_debug (FLOE_LOG_ICE, "%u datagrams of a tapped socket went astray", self->stray_count);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
#ifdef SO_REUSEPORT
  /* Nobody else shall join. libnice may have closed it by now. */
  if (!g_socket_is_closed (self->tapped))
    g_socket_set_option (self->tapped, SOL_SOCKET, SO_REUSEPORT, 0, NULL);
#endif
  g_clear_object (&self->tapped);
  g_free (self);
}

gboolean
floe_socket_tap_send (FloeSocketTap *self, const FloeStunAddress *to, const guint8 *data,
                      gsize size, GError **error)
{
  g_autoptr (GSocketAddress) address = floe_stun_address_to_socket_address (to);

  return g_socket_send_to (self->socket, address, (const char *) data, size, NULL, error) >= 0;
}

const guint8 *
floe_socket_tap_get_tag (const FloeSocketTap *self)
{
  return self->tag;
}

const FloeStunAddress *
floe_socket_tap_get_address (const FloeSocketTap *self)
{
  return &self->address;
}

guint
floe_socket_tap_get_stray_count (const FloeSocketTap *self)
{
  return self->stray_count;
}

static void
count_answer (const FloeStunAddress *from, const guint8 *data, gsize size, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static GSocket *
new_loopback_socket (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocket) socket =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket == NULL || !g_socket_bind (socket, any_port, FALSE, NULL))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  return g_steal_pointer (&socket);
}

/* Sends itself a response with the tap's tag and one with another, and looks where they come. */
static gboolean
sorts_right (FloeSocketTap *tap, GSocket *socket, const guint *answer_count)
{
  guint8 id[FLOE_STUN_TRANSACTION_ID_SIZE] = { 0 };
  guint8 data[64];
  FloeStunBuilder builder;
  gsize size;

  for (guint i = 0; i < 2; i++)
    {
      memcpy (id, tap->tag, sizeof tap->tag);
      id[0] ^= (guint8) i;
      builder = floe_stun_builder_init (data, sizeof data, FLOE_STUN_SUCCESS,
                                        FLOE_STUN_METHOD_BINDING, id);
      size = floe_stun_builder_finish (&builder);
      if (!floe_socket_tap_send (tap, &tap->address, data, size, NULL))
        return FALSE;
    }
  return g_socket_condition_timed_wait (tap->socket, G_IO_IN, PROBE_LIMIT_US, NULL, NULL)
         && receive (tap) && *answer_count == 1
         && g_socket_condition_timed_wait (socket, G_IO_IN, PROBE_LIMIT_US, NULL, NULL)
         && tap->stray_count == 0;
}

static gboolean
probe (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GSocket) socket = new_loopback_socket ();
  g_autoptr (FloeSocketTap) tap = NULL;
  g_autoptr (GError) error = NULL;
  guint answer_count = 0;

  if (socket == NULL)
    return FALSE;
  tap = floe_socket_tap_new (socket, context, count_answer, &answer_count, &error);
  if (tap == NULL)
    floe_debug (FLOE_LOG_ICE, "no taps here: %s", error->message);
  return tap != NULL && sorts_right (tap, socket, &answer_count);
}

gboolean
floe_socket_tap_is_possible (void)
{
  static gsize known = 0; /* 1: no, 2: yes */
  const char *wish = g_getenv ("FLOE_SOCKET_TAPS");

  if (wish != NULL && strcmp (wish, "0") == 0)
    return FALSE;
  if (g_once_init_enter (&known))
    g_once_init_leave (&known, probe () ? 2 : 1);
  return known == 2;
}
