/* SPDX-License-Identifier: MPL-2.0 */
/* A network between two ends on loopback that loses, doubles and reorders datagrams, by a seed.
 *
 * For each port that an end has told of there is one that stands in for it, so that each end sees
 * the other at the addresses that it was told. Needs no rights. */
#pragma once

#include <netinet/in.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "soak.h"

class LossyRelay
{
public:
  /* @loss: the part of all datagrams that is lost, 0 to 1; from @seed on. */
  LossyRelay (guint64 seed, double loss);
  ~LossyRelay ();
  LossyRelay (const LossyRelay &) = delete;

  /* Returns: (transfer full) (nullable): @candidate of end @from with the address that stands in
   * for its own; null for a candidate that the other end is not told of. Thread-safe. */
  FloeIceCandidate *Replace (int from, FloeIceCandidate *candidate);

  guint64 passed () const
  {
    return passed_;
  }
  guint64 lost () const
  {
    return lost_;
  }

private:
  struct Port
  {
    int end;                    /* whose port it stands in for */
    struct sockaddr_in address; /* that port's */
    int fd;
    guint16 port; /* where it stands in for it */
  };
  struct Held
  {
    std::vector<char> data;
    int fd = -1;
    struct sockaddr_in to;
  };

  guint16 Find (int end, guint16 port);
  void Run ();
  void Take (const Port &port);
  void Pass (const Port &to, int fd, const char *data, gsize size);

  std::mutex lock_;
  std::vector<std::shared_ptr<Port> > ports_; /* under the lock; they only grow */
  Random random_;
  double loss_;
  Held held_; /* a datagram that the next one overtakes */
  int wake_fd_;
  std::atomic<bool> is_ending_{ false };
  std::atomic<guint64> passed_{ 0 };
  std::atomic<guint64> lost_{ 0 };
  std::thread thread_;
};
