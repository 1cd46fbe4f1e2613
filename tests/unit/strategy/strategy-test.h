/* SPDX-License-Identifier: MPL-2.0 */
/* Summaries of the classes of NATs, for the tests of this folder. */
#pragma once

#include "floe-strategy-core-private.h"
#include "floe-test.h"

/* In the words of the attribute; proven well and with punching unless they say otherwise. */
inline FloeNatSummary
Summary (const std::string &words)
{
  FloeNatSummary summary = {};
  ErrorHolder error;
  std::string text = words.empty () || words[0] == ' ' ? "1" + words : "1 " + words;

  if (words.find ("sure-") == std::string::npos)
    text += " sure-high";
  if (words.find ("punch-") == std::string::npos)
    text += " punch-block";
  EXPECT_TRUE (
      floe_nat_summary_parse (&summary, text.c_str (), FLOE_NAT_SUMMARY_ATTRIBUTE_VALUE, error))
      << text << error.message ();
  return summary;
}

struct Side
{
  const char *name;
  const char *words;
};

/* In the order of the matrix. */
inline const Side sides[] = {
  { "O", "udp-yes nat-no map-ei filter-ei" },
  { "F", "udp-yes nat-no map-ei filter-apd" },
  { "C", "udp-yes nat-yes map-ei filter-ei" },
  { "A", "udp-yes nat-yes map-ei filter-ad" },
  { "P", "udp-yes nat-yes map-ei filter-apd" },
  { "D", "udp-yes nat-yes map-ad filter-ad alloc-random" },
  { "S", "udp-yes nat-yes map-apd filter-apd alloc-seq step-2" },
  { "Rb", "udp-yes nat-yes map-apd filter-apd alloc-block pool-2016" },
  { "R", "udp-yes nat-yes map-apd filter-apd alloc-random" },
  { "X", "udp-no" },
};

inline FloeNatSummary
Class (const std::string &name)
{
  for (const Side &side : sides)
    if (name == side.name)
      return Summary (side.words);
  ADD_FAILURE () << name;
  return {};
}

/* Everything that a summary can say, but for numbers: some of each. */
inline std::vector<FloeNatSummary>
AllSummaries ()
{
  std::vector<FloeNatSummary> all;

  for (const char *udp : { "", " udp-no", " udp-yes" })
    for (const char *nat : { "", " nat-no", " nat-yes" })
      for (const char *map : { "", " map-ei", " map-ad", " map-apd", " map-ed" })
        for (const char *filter : { "", " filter-ei", " filter-ad", " filter-apd" })
          for (const char *alloc : { "", " alloc-keep", " alloc-seq", " alloc-seq step-3",
                                     " alloc-random", " alloc-block", " alloc-block pool-1",
                                     " alloc-block pool-512", " alloc-block pool-8064" })
            all.push_back (Summary (std::string (udp) + nat + map + filter + alloc));
  return all;
}
