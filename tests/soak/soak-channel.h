/* SPDX-License-Identifier: MPL-2.0 */
/* One channel between two ends, of a random kind, with what was sent and has to arrive. */
#pragma once

#include <memory>
#include <vector>

#include "soak-flow.h"

/* What all channels came to. */
struct Tally
{
  guint channels = 0;
  guint64 messages = 0;
  guint64 sent = 0;
  guint64 received = 0;
  std::vector<std::string> faults;
};

/* What is done to messages that have arrived, to see whether it would be seen. */
enum Falsehood
{
  FALSEHOOD_OTHER_BYTE,
  FALSEHOOD_TWICE,
  FALSEHOOD_LOST,
  FALSEHOOD_COUNT,
  FALSEHOOD_NONE,
};

class SoakChannel
{
public:
  SoakChannel (guint number, Random &random, Tally &tally);
  ~SoakChannel ();
  SoakChannel (const SoakChannel &) = delete;

  void Open (FloePeerConnection *pc, const char *label);
  /* The opener's other end has heard of it. */
  void Adopt (int end, FloeDataChannel *channel);
  void Send (int end);
  void Close (int end);
  void Falsify (Falsehood falsehood)
  {
    falsehood_ = falsehood;
  }

  int opener () const
  {
    return opener_;
  }
  int id () const
  {
    return id_;
  }
  guint64 buffered () const;
  /* Closed at both ends, which is when what had to arrive is looked for. */
  bool is_over () const
  {
    return is_closed_[opener_] && (channel_[!opener_] == nullptr || is_closed_[!opener_]);
  }

private:
  struct Side
  {
    SoakChannel *self;
    int end;
  };

  void Watch (int end, FloeDataChannel *channel);
  void Take (int end, const char *data, gsize size, bool is_text);
  void HandleClose (int end);

  guint number_;
  Tally &tally_;
  int opener_;
  guint16 limit_;   /* retransmissions, or milliseconds */
  int reliability_; /* 0: full, 1: so many retransmissions, 2: so many milliseconds */
  FlowRules rules_;
  Flow flows_[2]; /* by the end that sends */
  Side sides_[2];
  FloeDataChannel *channel_[2] = {}; /* (owned) (nullable) */
  bool has_called_close_[2] = {};
  bool is_closed_[2] = {};
  int id_ = -1;
  Falsehood falsehood_ = FALSEHOOD_NONE;
};
