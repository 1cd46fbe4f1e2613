/* SPDX-License-Identifier: MPL-2.0 */
/* Two connections of one process, and signalling between them that may be cut at any time: what is
 * under way keeps what it needs, and nothing else. */
#pragma once

#include <memory>

#include "soak-relay.h"
#include "soak.h"

/* The offerer is end 0, the answerer end 1. */
struct Ends
{
  ~Ends ();
  /* Drops the connections and channels, without closing them. */
  void Drop ();

  FloePeerConnection *pc[2] = {};   /* (owned) (nullable) */
  FloeDataChannel *channel[2] = {}; /* (owned) (nullable) */
  LossyRelay *relay = nullptr;      /* (unowned) (nullable) */
  bool has_offered = false;
  guint pending_count = 0; /* calls whose callbacks have not come */
  std::function<void ()> on_open;
  std::function<void (int end, FloeDataChannel *)> on_channel;
};

/* A handler or a call under way: one more reason for the ends to stay. */
using Call = std::shared_ptr<Ends>;

/* For the user data of a call whose callback ends with EndCall(). */
Call *BeginCall (const Call &ends);
Call EndCall (gpointer user_data);

class Pair
{
public:
  /* Belongs to the thread-default context. @relay: (nullable): everything goes through it. */
  explicit Pair (FloeConfiguration *configuration, LossyRelay *relay = nullptr);
  ~Pair ();
  Pair (const Pair &) = delete;

  /* Makes a channel at the offerer and negotiates. */
  void Start ();
  /* Until both ends have the channel open. */
  void WaitForOpen ();
  bool is_open () const;
  void Close ();

  FloePeerConnection *pc (int end) const
  {
    return ends_->pc[end];
  }
  FloeDataChannel *channel (int end) const
  {
    return ends_->channel[end];
  }
  const Call &ends () const
  {
    return ends_;
  }

private:
  Call ends_;
};
