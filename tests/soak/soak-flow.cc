/* SPDX-License-Identifier: MPL-2.0 */
#include "soak-flow.h"

#include <string.h>

/* A message begins with its number in so many hexadecimal digits, if it is long enough. */
#define NUMBER_SIZE 8

/* As many of 2^n to 2^(n+1) bytes as of any other such range, and some of none. */
Flow::Sent
Flow::Describe (guint32 index) const
{
  Random random (key_ * 0x9e3779b97f4a7c15 + index);
  guint bits = random.Below (19);
  gsize size = bits == 0 ? 0 : ((gsize) 1 << (bits - 1)) + random.Below (1 << (bits - 1));

  if (random.Below (100) == 0 || size > rules_.max_size)
    size = rules_.max_size;
  return { size, random.Below (2) == 0 };
}

std::string
Flow::Make (guint32 index, const Sent &sent) const
{
  Random random (key_ + ((guint64) index << 32));
  std::string data (sent.size, '\0');
  char number[NUMBER_SIZE + 1];

  for (gsize i = 0; i < sent.size; i += 8)
    {
      guint64 stretch = random.Next ();

      /* '0' to 'o': text that needs no escape. */
      if (sent.is_text)
        stretch = (stretch & 0x3f3f3f3f3f3f3f3f) + 0x3030303030303030;
      memcpy (&data[i], &stretch, MIN (8, sent.size - i));
    }
  if (sent.size >= NUMBER_SIZE)
    {
      g_snprintf (number, sizeof number, "%08x", index);
      memcpy (&data[0], number, NUMBER_SIZE);
    }
  return data;
}

bool
Flow::Send (FloeDataChannel *channel)
{
  Sent sent = Describe (next_);
  std::string data = Make (next_, sent);
  g_autoptr (GBytes) bytes = nullptr;

  if (!sent.is_text)
    bytes = g_bytes_new (data.data (), data.size ());
  if (sent.is_text ? !floe_data_channel_send_text (channel, data.c_str (), nullptr)
                   : !floe_data_channel_send_bytes (channel, bytes, nullptr))
    return false;
  missing_[next_++] = sent;
  sent_bytes_ += sent.size;
  return true;
}

/* The message that this may be: by its number, or the first short one that looks like it. */
Flow::Missing::iterator
Flow::Find (const char *data, gsize size, bool is_text)
{
  if (size >= NUMBER_SIZE)
    {
      std::string number (data, NUMBER_SIZE);

      return missing_.find ((guint32) g_ascii_strtoull (number.c_str (), nullptr, 16));
    }
  for (auto sent = missing_.begin (); sent != missing_.end (); ++sent)
    {
      bool is_late = rules_.is_ordered && sent->first < last_;

      if (!is_late && sent->second.size == size && sent->second.is_text == is_text
          && Make (sent->first, sent->second) == std::string (data, size))
        return sent;
    }
  return missing_.end ();
}

std::string
Flow::Take (const char *data, gsize size, bool is_text)
{
  auto found = Find (data, size, is_text);
  guint32 index;

  if (found == missing_.end ())
    return Format ("%" G_GSIZE_FORMAT " bytes came that were not sent, or came before", size);
  index = found->first;
  if (found->second.size != size || found->second.is_text != is_text)
    return Format ("message %u came with %" G_GSIZE_FORMAT " bytes or as another kind", index,
                   size);
  if (memcmp (Make (index, found->second).data (), data, size) != 0)
    return Format ("message %u is not what was sent", index);
  if (rules_.is_ordered && index < last_)
    return Format ("message %u came after %" G_GINT64_FORMAT, index, last_);
  if (rules_.is_ordered && rules_.is_reliable && found != missing_.begin ())
    return Format ("message %u came before %u", index, missing_.begin ()->first);
  last_ = MAX (last_, (gint64) index);
  received_bytes_ += size;
  missing_.erase (found);
  return "";
}
