/* SPDX-License-Identifier: MPL-2.0 */
#include "soak-relay.h"

#include <arpa/inet.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define REORDERED 0.005
#define DOUBLED 0.002
#define BUFFER_SIZE (4 * 1024 * 1024)

LossyRelay::LossyRelay (guint64 seed, double loss) : random_ (seed), loss_ (loss)
{
  wake_fd_ = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  thread_ = std::thread ([this] { Run (); });
}

LossyRelay::~LossyRelay ()
{
  is_ending_ = true;
  eventfd_write (wake_fd_, 1);
  thread_.join ();
  for (const auto &port : ports_)
    close (port->fd);
  close (wake_fd_);
}

/* Where a port stands in for @port of @end; makes it if there is none yet. */
guint16
LossyRelay::Find (int end, guint16 port)
{
  std::lock_guard<std::mutex> guard (lock_);
  auto made = std::make_shared<Port> ();
  struct sockaddr_in own = {};
  socklen_t size = sizeof own;
  int buffer_size = BUFFER_SIZE;

  for (const auto &known : ports_)
    if (known->end == end && known->address.sin_port == htons (port))
      return known->port;
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  made->end = end;
  made->address = own;
  made->address.sin_port = htons (port);
  made->fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  setsockopt (made->fd, SOL_SOCKET, SO_RCVBUF, &buffer_size, sizeof buffer_size);
  if (bind (made->fd, (struct sockaddr *) &own, sizeof own) != 0
      || getsockname (made->fd, (struct sockaddr *) &own, &size) != 0)
    g_error ("No socket on loopback: %s", g_strerror (errno));
  made->port = ntohs (own.sin_port);
  ports_.push_back (made);
  eventfd_write (wake_fd_, 1);
  return made->port;
}

FloeIceCandidate *
LossyRelay::Replace (int from, FloeIceCandidate *candidate)
{
  g_autoptr (GError) error = nullptr;
  g_auto (GStrv) words = nullptr;
  g_autofree char *line = nullptr;
  FloeIceCandidate *replaced;

  if (floe_ice_candidate_is_end_of_candidates (candidate))
    return floe_ice_candidate_ref (candidate);
  if (floe_ice_candidate_get_protocol (candidate) != FLOE_ICE_PROTOCOL_UDP
      || g_strcmp0 (floe_ice_candidate_get_address (candidate), "127.0.0.1") != 0)
    return nullptr;
  /* RFC 8839 section 5.1: the fifth and sixth are the address and the port. */
  words = g_strsplit (floe_ice_candidate_get_candidate (candidate), " ", -1);
  g_assert_cmpuint (g_strv_length (words), >=, 8);
  g_free (words[5]);
  words[5] = g_strdup_printf ("%u", Find (from, floe_ice_candidate_get_port (candidate)));
  line = g_strjoinv (" ", words);
  replaced = floe_ice_candidate_new (line, floe_ice_candidate_get_sdp_mid (candidate),
                                     floe_ice_candidate_get_sdp_mline_index (candidate),
                                     floe_ice_candidate_get_username_fragment (candidate), &error);
  if (replaced == nullptr)
    g_error ("No candidate of '%s': %s", line, error->message);
  return replaced;
}

void
LossyRelay::Pass (const Port &to, int fd, const char *data, gsize size)
{
  bool is_doubled = random_.Happens (DOUBLED);

  if (random_.Happens (loss_))
    {
      lost_++;
      return;
    }
  passed_++;
  if (held_.fd == -1 && random_.Happens (REORDERED))
    {
      held_.data.assign (data, data + size);
      held_.fd = fd;
      held_.to = to.address;
      return;
    }
  for (int i = 0; i < (is_doubled ? 2 : 1); i++)
    if (sendto (fd, data, size, 0, (struct sockaddr *) &to.address, sizeof to.address) < 0)
      lost_++; /* the port is closed, or its buffer full */
  if (held_.fd == -1)
    return;
  if (sendto (held_.fd, held_.data.data (), held_.data.size (), 0, (struct sockaddr *) &held_.to,
              sizeof held_.to)
      < 0)
    lost_++;
  held_.fd = -1;
}

/* All that waits at @port goes on to the end that it stands in for, from where the sender's port is
 * stood in for. */
void
LossyRelay::Take (const Port &port)
{
  char data[65536];

  for (int i = 0; i < 64; i++)
    {
      struct sockaddr_in from;
      socklen_t from_size = sizeof from;
      ssize_t size =
          recvfrom (port.fd, data, sizeof data, 0, (struct sockaddr *) &from, &from_size);
      int fd = -1;

      if (size < 0 && errno == EAGAIN)
        return;
      if (size < 0)
        continue; /* ECONNREFUSED for what was sent before */
      {
        std::lock_guard<std::mutex> guard (lock_);

        for (const auto &other : ports_)
          if (other->end != port.end && other->address.sin_port == from.sin_port)
            fd = other->fd;
      }
      if (fd != -1)
        Pass (port, fd, data, (gsize) size);
    }
}

void
LossyRelay::Run ()
{
  pthread_setname_np (pthread_self (), "soak-relay");
  while (!is_ending_)
    {
      std::vector<std::shared_ptr<Port> > ports;
      std::vector<struct pollfd> fds;
      eventfd_t count;

      {
        std::lock_guard<std::mutex> guard (lock_);

        ports = ports_;
      }
      fds.push_back ({ wake_fd_, POLLIN, 0 });
      for (const auto &port : ports)
        fds.push_back ({ port->fd, POLLIN, 0 });
      if (poll (fds.data (), fds.size (), -1) < 0)
        continue;
      if (fds[0].revents != 0)
        eventfd_read (wake_fd_, &count);
      for (gsize i = 0; i < ports.size (); i++)
        if (fds[i + 1].revents != 0)
          Take (*ports[i]);
    }
}
