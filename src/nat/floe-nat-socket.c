/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-socket-private.h"

#include <errno.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <string.h>
#include <sys/socket.h>
/* After <netinet/in.h>. */
#include <linux/errqueue.h>

#include "floe-inet-convert-private.h"
#include "floe-random-private.h"

/* Larger than any STUN message that is asked for, and than most links carry. */
#define MAX_DATAGRAM_SIZE 2048
/* Datagrams that one dispatch takes, so that a flood can't keep the loop to itself. */
#define MAX_BATCH 64
/* RFC 4443 section 3.1; <netinet/icmp6.h> has no names for them. */
#define ICMP6_POLICY_FAIL 5
#define ICMP6_REJECT_ROUTE 6

struct _FloeNatSocket
{
  GSocket *socket; /* (owned) */
  GSource *source; /* (owned) */
  guint number;
  FloeStunAddress local;
  const FloeNatSocketEvents *events; /* (unowned): static */
  gpointer user_data;                /* (unowned) */
  gboolean is_freed;                 /* a dispatch on the stack still has it */
  gboolean is_dispatching;
};

/* What ICMP says of a packet. */
typedef struct
{
  FloeStunAddress remote; /* where it went; size 0: the error means nothing */
  FloeStunAddress sayer;  /* who says it; size 0: not known */
} Complaint;

/* RFC 1122 section 4.2.3.9: unreachable protocols and ports are hard errors, and those that may
 * pass are not. What is prohibited (RFC 1812 section 5.2.7.1) stays so as well. */
static gboolean
is_hard (const struct sock_extended_err *error)
{
  if (error->ee_origin == SO_EE_ORIGIN_ICMP && error->ee_type == ICMP_DEST_UNREACH)
    switch (error->ee_code)
      {
      case ICMP_PROT_UNREACH:
      case ICMP_PORT_UNREACH:
      case ICMP_NET_ANO:
      case ICMP_HOST_ANO:
      case ICMP_PKT_FILTERED:
        return TRUE;
      default:
        return FALSE;
      }
  /* RFC 4443 section 3.1: codes 5 and 6 are "subsets of code 1". */
  return error->ee_origin == SO_EE_ORIGIN_ICMP6 && error->ee_type == ICMP6_DST_UNREACH
         && (error->ee_code == ICMP6_DST_UNREACH_NOPORT || error->ee_code == ICMP6_DST_UNREACH_ADMIN
             || error->ee_code == ICMP6_POLICY_FAIL || error->ee_code == ICMP6_REJECT_ROUTE);
}

/* Addresses of the kernel's; of size 0 when it has none. */
static FloeStunAddress
read_native (const void *name, gsize size)
{
  FloeStunAddress address = { 0 };
  g_autoptr (GSocketAddress) native = g_socket_address_new_from_native ((gpointer) name, size);

  if (native == NULL || !floe_stun_address_from_socket_address (native, &address))
    address.size = 0;
  return address;
}

/* Who has complained: behind the error, in the same control message. */
static FloeStunAddress
read_sayer (struct cmsghdr *control)
{
  struct sockaddr_storage name = { 0 };
  gsize offset = sizeof (struct sock_extended_err);
  gsize size = control->cmsg_len - CMSG_LEN (0);

  if (size <= offset + sizeof name.ss_family)
    return (FloeStunAddress){ 0 };
  memcpy (&name, CMSG_DATA (control) + offset, MIN (size - offset, sizeof name));
  if (name.ss_family != AF_INET && name.ss_family != AF_INET6)
    return (FloeStunAddress){ 0 };
  return read_native (&name, sizeof name);
}

static gboolean
find_hard_error (struct msghdr *message, FloeStunAddress *sayer)
{
  for (struct cmsghdr *control = CMSG_FIRSTHDR (message); control != NULL;
       control = CMSG_NXTHDR (message, control))
    {
      struct sock_extended_err error;

      if (!(control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_RECVERR)
          && !(control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_RECVERR))
        continue;
      if (control->cmsg_len < CMSG_LEN (sizeof error))
        continue;
      memcpy (&error, CMSG_DATA (control), sizeof error);
      if (!is_hard (&error))
        continue;
      *sayer = read_sayer (control);
      return TRUE;
    }
  return FALSE;
}

/* Takes one error from the queue. FALSE when there is none. */
static gboolean
take_error (FloeNatSocket *self, Complaint *complaint)
{
  struct sockaddr_storage name = { 0 };
  guint8 control[512] __attribute__ ((aligned (sizeof (size_t))));
  guint8 data[1];
  struct iovec vector = { data, sizeof data };
  struct msghdr message = { .msg_name = &name,
                            .msg_namelen = sizeof name,
                            .msg_iov = &vector,
                            .msg_iovlen = 1,
                            .msg_control = control,
                            .msg_controllen = sizeof control };

  *complaint = (Complaint){ 0 };
  if (recvmsg (g_socket_get_fd (self->socket), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
    return FALSE;
  if (message.msg_namelen > 0 && find_hard_error (&message, &complaint->sayer))
    complaint->remote = read_native (&name, message.msg_namelen);
  return TRUE;
}

static gboolean
receive_one (FloeNatSocket *self)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  guint8 data[MAX_DATAGRAM_SIZE];
  FloeStunAddress from;
  gssize size;

  size = g_socket_receive_from (self->socket, &address, (char *) data, sizeof data, NULL, &error);
  if (size < 0)
    /* An error of an earlier packet says nothing of the next datagram. */
    return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  if (address != NULL && floe_stun_address_from_socket_address (address, &from))
    self->events->received (self->number, &from, data, (gsize) size, self->user_data);
  return TRUE;
}

static gboolean
on_ready (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  FloeNatSocket *self = user_data;
  Complaint complaint;

  self->is_dispatching = TRUE;
  for (guint i = 0; i < MAX_BATCH && !self->is_freed && take_error (self, &complaint); i++)
    if (complaint.remote.size > 0)
      self->events->unreachable (
          self->number, &complaint.remote,
          floe_stun_address_is_same_host (&complaint.remote, &complaint.sayer), self->user_data);
  for (guint i = 0; i < MAX_BATCH && !self->is_freed && receive_one (self); i++)
    ;
  self->is_dispatching = FALSE;
  if (self->is_freed)
    g_free (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
bind_port (GSocket *socket, const FloeStunAddress *base, guint16 port, GError **error)
{
  FloeStunAddress local = *base;
  g_autoptr (GSocketAddress) address = NULL;

  local.port = port;
  address = floe_stun_address_to_socket_address (&local);
  return g_socket_bind (socket, address, FALSE, error);
}

/* Begins anywhere in the range, so that two programs that have the same don't meet at each port. */
static gboolean
bind_within (GSocket *socket, const FloeNatOrigin *base)
{
  guint count = (guint) base->max_port - base->min_port + 1;
  guint32 start;

  floe_random_bytes (&start, sizeof start);
  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GError) error = NULL;

      if (bind_port (socket, &base->address, (guint16) (base->min_port + (start + i) % count),
                     &error))
        return TRUE;
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE)
          && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
        return FALSE;
    }
  return FALSE;
}

static GSocket *
open_socket (const FloeNatOrigin *base)
{
  gboolean is_ipv4 = base->address.size == FLOE_STUN_IPV4_SIZE;
  g_autoptr (GSocket) socket = g_socket_new (is_ipv4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6,
                                             G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, NULL);

  if (socket == NULL
      || !(base->max_port > 0 ? bind_within (socket, base)
                              : bind_port (socket, &base->address, 0, NULL)))
    return NULL;
  g_socket_set_blocking (socket, FALSE);
  /* Without it all is as before, but that dead servers are waited for. */
  g_socket_set_option (socket, is_ipv4 ? IPPROTO_IP : IPPROTO_IPV6,
                       is_ipv4 ? IP_RECVERR : IPV6_RECVERR, 1, NULL);
  return g_steal_pointer (&socket);
}

FloeNatSocket *
floe_nat_socket_new (GMainContext *context, const FloeNatOrigin *base, guint number,
                     const FloeNatSocketEvents *events, gpointer user_data)
{
  g_autoptr (GSocket) socket = open_socket (base);
  g_autoptr (GSocketAddress) address = NULL;
  FloeStunAddress local;
  FloeNatSocket *self;

  if (socket == NULL)
    return NULL;
  address = g_socket_get_local_address (socket, NULL);
  if (address == NULL || !floe_stun_address_from_socket_address (address, &local))
    return NULL;

  self = g_new0 (FloeNatSocket, 1);
  self->source = g_socket_create_source (socket, G_IO_IN | G_IO_ERR, NULL);
  self->socket = g_steal_pointer (&socket);
  self->number = number;
  self->local = local;
  self->events = events;
  self->user_data = user_data;
  g_source_set_name (self->source, "Floe NAT probe");
  g_source_set_callback (self->source, (GSourceFunc) (void (*) (void)) on_ready, self, NULL);
  g_source_attach (self->source, context);
  return self;
}

void
floe_nat_socket_free (FloeNatSocket *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_socket_close (self->socket, NULL);
  g_object_unref (self->socket);
  self->is_freed = TRUE;
  if (!self->is_dispatching)
    g_free (self);
}

FloeStunAddress
floe_nat_socket_get_local (const FloeNatSocket *self)
{
  return self->local;
}

gboolean
floe_nat_socket_send (FloeNatSocket *self, const FloeStunAddress *to, const guint8 *data,
                      gsize size)
{
  g_autoptr (GSocketAddress) address = floe_stun_address_to_socket_address (to);

  /* An error of an earlier packet that waits is told once, by whatever comes next: so twice. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      if (g_socket_send_to (self->socket, address, (const char *) data, size, NULL, &error) >= 0
          || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK))
        return TRUE;
      if (i == 1)
        return !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE)
               && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE)
               && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED)
               && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
    }
  return TRUE;
}
