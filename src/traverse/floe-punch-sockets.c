/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-punch-sockets-private.h"

#ifdef __linux__

#include <errno.h>
#include <glib-unix.h>
#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "floe-log-private.h"
#include "floe-punch-facts-private.h"
#include "floe-random-private.h"

/* Of STUN; what is longer is nothing that is expected here. */
#define MAX_DATAGRAM_SIZE 576
/* Of one turn of the main loop, so that a flood does not stop the rest. */
#define MAX_EVENTS 32
#define MAX_A_SOCKET 4
/* Ports that are tried for one socket, where not any will do. */
#define MAX_PORT_TRIES 16
/* What a process is taken to use when that can't be counted. */
#define USUAL_DESCRIPTORS 256

struct _FloePunchSockets
{
  struct sockaddr_in base;
  guint16 min_port;
  guint16 max_port;
  const FloePunchSocketsEvents *events;
  gpointer user_data;
  int epoll;
  GSource *source;                     /* (owned) */
  int sockets[FLOE_PROBE_MAX_SOCKETS]; /* -1: not open */
};

static struct sockaddr_in
to_native (const FloeStunAddress *address)
{
  struct sockaddr_in native = { .sin_family = AF_INET, .sin_port = htons (address->port) };

  memcpy (&native.sin_addr, address->bytes, sizeof native.sin_addr);
  return native;
}

static FloeStunAddress
from_native (const struct sockaddr_in *native)
{
  FloeStunAddress address = { .size = FLOE_STUN_IPV4_SIZE, .port = ntohs (native->sin_port) };

  memcpy (address.bytes, &native->sin_addr, FLOE_STUN_IPV4_SIZE);
  return address;
}

static guint64
count_descriptors (void)
{
  g_autoptr (GDir) directory = g_dir_open ("/proc/self/fd", 0, NULL);
  guint64 count = 0;

  if (directory == NULL)
    return USUAL_DESCRIPTORS;
  while (g_dir_read_name (directory) != NULL)
    count++;
  return count;
}

guint
floe_punch_sockets_get_room (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return wanted;
  return floe_punch_facts_fit_sockets (wanted, limit.rlim_cur, count_descriptors ());
}

/* RFC 1812 section 5.2.7.1: net, host, and communication administratively prohibited. */
static gboolean
is_prohibition (const struct sock_extended_err *error)
{
  return error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_DEST_UNREACH
         && (error->ee_code == ICMP_NET_ANO || error->ee_code == ICMP_HOST_ANO
             || error->ee_code == ICMP_PKT_FILTERED);
}

/* Tells what an error says; the socket may be closed in it. */
static void
tell_error (FloePunchSockets *self, guint socket, const struct sock_extended_err *error,
            const struct sockaddr_in *offender)
{
  FloeStunAddress router;

  if (is_prohibition (error))
    self->events->prohibited (self->user_data);
  else if (error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_TIME_EXCEEDED
           && offender->sin_family == AF_INET)
    {
      router = from_native (offender);
      self->events->exceeded (socket, &router, self->user_data);
    }
}

/* Takes one error off the socket's queue. FALSE when there is none. */
static gboolean
take_error (FloePunchSockets *self, guint socket)
{
  struct
  {
    struct sock_extended_err error;
    struct sockaddr_in offender;
  } told;
  union
  {
    struct cmsghdr align;
    char bytes[256];
  } control;
  struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof control };

  if (recvmsg (self->sockets[socket], &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return FALSE;
  for (struct cmsghdr *part = CMSG_FIRSTHDR (&message); part != NULL;
       part = CMSG_NXTHDR (&message, part))
    {
      if (part->cmsg_level != SOL_IP || part->cmsg_type != IP_RECVERR
          || part->cmsg_len < CMSG_LEN (sizeof told))
        continue;
      memcpy (&told, CMSG_DATA (part), sizeof told);
      tell_error (self, socket, &told.error, &told.offender);
      break;
    }
  return TRUE;
}

static void
take_errors (FloePunchSockets *self, guint socket)
{
  for (guint i = 0; i < MAX_A_SOCKET && self->sockets[socket] != -1 && take_error (self, socket);
       i++)
    ;
}

static void
receive (FloePunchSockets *self, guint socket)
{
  guint8 data[MAX_DATAGRAM_SIZE];
  struct sockaddr_in native;

  /* It may be closed in between. */
  for (guint i = 0; i < MAX_A_SOCKET && self->sockets[socket] != -1; i++)
    {
      socklen_t native_size = sizeof native;
      gssize size = recvfrom (self->sockets[socket], data, sizeof data, MSG_DONTWAIT | MSG_TRUNC,
                              (struct sockaddr *) &native, &native_size);
      FloeStunAddress from;

      if (size < 0)
        return;
      if ((gsize) size > sizeof data || native.sin_family != AF_INET)
        continue;
      from = from_native (&native);
      self->events->received (socket, &from, data, (gsize) size, self->user_data);
    }
}

static gboolean
on_ready (int epoll, GIOCondition condition, gpointer user_data)
{
  FloePunchSockets *self = user_data;
  struct epoll_event ready[MAX_EVENTS];
  int count = epoll_wait (epoll, ready, MAX_EVENTS, 0);

  for (int i = 0; i < count; i++)
    {
      guint socket = ready[i].data.u32;

      if ((ready[i].events & EPOLLERR) != 0)
        take_errors (self, socket);
      receive (self, socket);
    }
  return G_SOURCE_CONTINUE;
}

FloePunchSockets *
floe_punch_sockets_new (GMainContext *context, const FloeStunAddress *base, guint16 min_port,
                        guint16 max_port, const FloePunchSocketsEvents *events, gpointer user_data)
{
  FloePunchSockets *self;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll == -1)
    return NULL;
  self = g_new0 (FloePunchSockets, 1);
  self->base = to_native (base);
  self->min_port = min_port;
  self->max_port = max_port;
  self->events = events;
  self->user_data = user_data;
  self->epoll = epoll;
  for (guint i = 0; i < G_N_ELEMENTS (self->sockets); i++)
    self->sockets[i] = -1;
  self->source = g_unix_fd_source_new (epoll, G_IO_IN);
  g_source_set_callback (self->source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (self->source, context);
  return self;
}

void
floe_punch_sockets_free (FloePunchSockets *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sockets); i++)
    floe_punch_sockets_close (self, i);
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->epoll);
  g_free (self);
}

static guint16
get_port (int socket)
{
  struct sockaddr_in bound = { 0 };
  socklen_t size = sizeof bound;

  return getsockname (socket, (struct sockaddr *) &bound, &size) == 0 ? ntohs (bound.sin_port) : 0;
}

/* 0 for whatever the kernel likes. */
static guint16
choose_port (const FloePunchSockets *self)
{
  guint count = (guint) self->max_port - self->min_port + 1;

  if (self->max_port == 0 || self->min_port > self->max_port)
    return 0;
  return (guint16) (self->min_port + floe_random_uint64 () % count);
}

/* Returns a socket that is bound to a port as wanted, or -1. */
static int
try_port (const FloePunchSockets *self, gboolean wants_even)
{
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  struct sockaddr_in address = self->base;

  address.sin_port = htons (choose_port (self));
  if (fd == -1)
    return -1;
  if (bind (fd, (const struct sockaddr *) &address, sizeof address) == 0
      && (!wants_even || get_port (fd) % 2 == 0))
    return fd;
  close (fd);
  return -1;
}

gboolean
floe_punch_sockets_open (FloePunchSockets *self, guint socket, gboolean wants_even)
{
  struct epoll_event event = { .events = EPOLLIN, .data = { .u32 = socket } };
  int yes = 1;
  int fd = -1;

  g_return_val_if_fail (socket < FLOE_PROBE_MAX_SOCKETS && self->sockets[socket] == -1, FALSE);
  for (guint i = 0; i < MAX_PORT_TRIES && fd == -1; i++)
    {
      fd = try_port (self, wants_even);
      if (fd == -1 && (errno == EMFILE || errno == ENFILE))
        return FALSE;
    }
  if (fd == -1)
    return FALSE;
  /* Without it ICMP's answers are not told; all else works. */
  setsockopt (fd, SOL_IP, IP_RECVERR, &yes, sizeof yes);
  if (epoll_ctl (self->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
    {
      close (fd);
      return FALSE;
    }
  self->sockets[socket] = fd;
  return TRUE;
}

void
floe_punch_sockets_send (FloePunchSockets *self, guint socket, const FloeStunAddress *to, guint ttl,
                         const guint8 *data, gsize size)
{
  struct sockaddr_in native = to_native (to);
  int hops = ttl > 0 ? (int) MIN (ttl, 255) : -1;
  int usual = -1;
  int fd;

  g_return_if_fail (socket < FLOE_PROBE_MAX_SOCKETS);
  fd = self->sockets[socket];
  if (fd == -1)
    return;
  if (ttl > 0)
    setsockopt (fd, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
  /* An ICMP error of an earlier one is told by the next call, which then sends nothing. */
  if (sendto (fd, data, size, 0, (const struct sockaddr *) &native, sizeof native) == -1
      && (errno == ECONNREFUSED || errno == EHOSTUNREACH || errno == ENETUNREACH))
    sendto (fd, data, size, 0, (const struct sockaddr *) &native, sizeof native);
  if (ttl > 0)
    setsockopt (fd, IPPROTO_IP, IP_TTL, &usual, sizeof usual);
}

guint16
floe_punch_sockets_close (FloePunchSockets *self, guint socket)
{
  guint16 port;

  g_return_val_if_fail (socket < FLOE_PROBE_MAX_SOCKETS, 0);
  if (self->sockets[socket] == -1)
    return 0;
  port = get_port (self->sockets[socket]);
  close (self->sockets[socket]);
  self->sockets[socket] = -1;
  return port;
}

#else

guint
floe_punch_sockets_get_room (guint wanted)
{
  return 0;
}

FloePunchSockets *
floe_punch_sockets_new (GMainContext *context, const FloeStunAddress *base, guint16 min_port,
                        guint16 max_port, const FloePunchSocketsEvents *events, gpointer user_data)
{
  return NULL;
}

void
floe_punch_sockets_free (FloePunchSockets *self)
{
}

gboolean
floe_punch_sockets_open (FloePunchSockets *self, guint socket, gboolean wants_even)
{
  return FALSE;
}

void
floe_punch_sockets_send (FloePunchSockets *self, guint socket, const FloeStunAddress *to, guint ttl,
                         const guint8 *data, gsize size)
{
}

guint16
floe_punch_sockets_close (FloePunchSockets *self, guint socket)
{
  return 0;
}

#endif
