/* SPDX-License-Identifier: MPL-2.0 */
/* One direction of one channel: makes messages that tell who they are, and looks at what arrives.
 *
 * Message i of a flow has a size, a kind and contents that follow from the flow's key and i alone;
 * what is too short to say its number is told by its contents. */
#pragma once

#include <map>
#include <string>

#include "soak.h"

struct FlowRules
{
  bool is_ordered;
  bool is_reliable;
  gsize max_size; /* of a message */
};

class Flow
{
public:
  Flow (guint64 key, const FlowRules &rules) : key_ (key), rules_ (rules)
  {
  }

  /* Makes the next message and sends it; false when the channel did not take it. */
  bool Send (FloeDataChannel *channel);

  /* What is wrong with a message that has arrived, or "". */
  std::string Take (const char *data, gsize size, bool is_text);

  /* Messages that were sent and have not arrived. */
  gsize missing () const
  {
    return missing_.size ();
  }
  guint64 sent_bytes () const
  {
    return sent_bytes_;
  }
  guint32 sent_count () const
  {
    return next_;
  }
  guint64 received_bytes () const
  {
    return received_bytes_;
  }

private:
  struct Sent
  {
    gsize size;
    bool is_text;
  };
  using Missing = std::map<guint32, Sent>;

  Sent Describe (guint32 index) const;
  std::string Make (guint32 index, const Sent &sent) const;
  Missing::iterator Find (const char *data, gsize size, bool is_text);

  guint64 key_;
  FlowRules rules_;
  guint32 next_ = 0;
  gint64 last_ = -1; /* the highest number that has arrived */
  guint64 sent_bytes_ = 0;
  guint64 received_bytes_ = 0;
  Missing missing_;
};
