/* SPDX-License-Identifier: MPL-2.0 */
/* How often, how fast and with how many packets discovery concludes: each kind of NAT, with each
 * set of servers, with and without loss. FLOE_NAT_SEEDS says how many seeds, 1 unless it is set;
 * FLOE_NAT_TABLE names a file to write the table to, in Markdown. */
#include <algorithm>

#include "nat-kinds.h"

namespace
{
struct ServerSet
{
  const char *name;
  std::vector<NatServerSpec> servers;
  bool tells_filtering;
};

const ServerSet kServerSets[] = {
  { "RFC 5780, two", { kBehaviour, kBehaviour }, true },
  { "TURN and STUN", { kTurn, kStun }, true },
  { "STUN, two", { kStun, kStun }, false },
};

/* Each router and each server is ten milliseconds from the middle. */
constexpr guint kDelayMs = 10;

struct Row
{
  guint runs = 0, mapping = 0, filtering = 0, conclusive = 0, wrong = 0, packets = 0;
  std::vector<gint64> first_us, last_us, end_us;

  Row &operator+= (const Row &other)
  {
    runs += other.runs;
    mapping += other.mapping;
    filtering += other.filtering;
    conclusive += other.conclusive;
    wrong += other.wrong;
    packets = MAX (packets, other.packets);
    first_us.insert (first_us.end (), other.first_us.begin (), other.first_us.end ());
    last_us.insert (last_us.end (), other.last_us.begin (), other.last_us.end ());
    end_us.insert (end_us.end (), other.end_us.begin (), other.end_us.end ());
    return *this;
  }
};

guint
SeedCount ()
{
  const char *text = g_getenv ("FLOE_NAT_SEEDS");

  return text != nullptr ? (guint) g_ascii_strtoull (text, nullptr, 10) : 1;
}

bool
IsWrong (const Kind &kind, const ServerSet &setup, const FloeNatFindings &report)
{
  FloeNatType type = floe_nat_findings_get_type (&report);

  return report.udp != FLOE_NAT_ANSWER_YES
         || (report.mapping != kUnknown && !IsRightMapping (report.mapping, kind.mapping))
         || (report.filtering != kUnknown
             && (report.filtering != kind.filtering || !setup.tells_filtering))
         || (report.allocation != kNoAllocation && report.allocation != kind.allocation)
         || (type != FLOE_NAT_TYPE_UNKNOWN && type != kind.type)
         || report.hairpin == (kind.has_hairpin ? FLOE_NAT_ANSWER_NO : FLOE_NAT_ANSWER_YES)
         || report.fragments == (PassesFragments (kind) ? FLOE_NAT_ANSWER_NO : FLOE_NAT_ANSWER_YES)
         || report.poisoning == (IsPoisoned (kind) ? FLOE_NAT_ANSWER_NO : FLOE_NAT_ANSWER_YES);
}

void
Try (const Kind &kind, const ServerSet &setup, guint loss, guint64 seed, Row *row)
{
  NatWorld world (WorldOf (kind, kDelayMs, loss), setup.servers, seed);
  const FloeNatFindings &report = world.Run ();
  bool has_mapping =
      report.mapping != kUnknown && (report.mapping != kEndpoint || !setup.tells_filtering);
  bool has_filtering = report.filtering != kUnknown;
  std::vector<gint64> known;

  if (report.mapping != kUnknown)
    known.push_back (world.mapping_us ());
  if (has_filtering)
    known.push_back (world.filtering_us ());
  row->runs++;
  row->mapping += has_mapping;
  row->filtering += has_filtering;
  row->conclusive += has_mapping && (has_filtering || !setup.tells_filtering);
  if (IsWrong (kind, setup, report))
    {
      row->wrong++;
      ADD_FAILURE () << "wrong: " << kind.name << ", " << setup.name << ", seed " << seed << "\n"
                     << world.Describe ();
    }
  row->packets = MAX (row->packets, report.packet_count);
  row->end_us.push_back (report.elapsed_us);
  if (known.empty ())
    return;
  row->first_us.push_back (*std::min_element (known.begin (), known.end ()));
  row->last_us.push_back (*std::max_element (known.begin (), known.end ()));
}

/* "median / max" in milliseconds. */
std::string
Times (std::vector<gint64> times)
{
  if (times.empty ())
    return "-";
  std::sort (times.begin (), times.end ());
  return std::to_string (times[times.size () / 2] / kMillisecond) + " / "
         + std::to_string (times.back () / kMillisecond);
}

std::string
Percent (guint part, guint whole)
{
  guint tenths = part * 1000 / whole;

  return std::to_string (tenths / 10)
         + (tenths % 10 != 0 ? "." + std::to_string (tenths % 10) : "");
}

std::string
Line (const std::string &what, const ServerSet &setup, guint loss, const Row &row)
{
  return "| " + what + " | " + setup.name + " | " + std::to_string (loss) + " | "
         + std::to_string (row.runs) + " | " + Percent (row.mapping, row.runs) + " | "
         + (setup.tells_filtering ? Percent (row.filtering, row.runs)
                                  : std::string (row.filtering == 0 ? "unknown" : "WRONG"))
         + " | " + std::to_string (row.wrong) + " | " + Times (row.first_us) + " | "
         + Times (row.last_us) + " | " + Times (row.end_us) + " | " + std::to_string (row.packets)
         + " |\n";
}

const char kHead[] =
    " | servers | loss % | runs | mapping % | filtering % | wrong | first, ms | last, ms | end, ms "
    "| packets |\n|---|---|---|---|---|---|---|---|---|---|---|\n";
}

TEST (NatTable, IsConclusiveOftenEnoughAndNeverWrong)
{
  std::string sums = std::string ("| all kinds") + kHead, kinds = std::string ("| kind") + kHead;
  const char *path = g_getenv ("FLOE_NAT_TABLE");

  for (guint loss : { 0u, 5u })
    for (const ServerSet &setup : kServerSets)
      {
        Row sum;

        for (const Kind &kind : kKinds)
          {
            Row row;

            for (guint64 seed = 1; seed <= SeedCount (); seed++)
              /* Not the same losses for each kind. */
              Try (kind, setup, loss, seed * 1000 + (guint64) (&kind - kKinds), &row);
            kinds += Line (std::string ("`") + kind.name + "`", setup, loss, row);
            EXPECT_TRUE (loss > 0 || row.conclusive * 100 >= row.runs * 95)
                << kind.name << " with " << setup.name;
            sum += row;
          }
        sums += Line (std::to_string (G_N_ELEMENTS (kKinds)), setup, loss, sum);
        EXPECT_GE (sum.conclusive * 100, sum.runs * (loss > 0 ? 80 : 95)) << setup.name;
      }
  if (path != nullptr)
    {
      std::string table = sums + "\n" + kinds;

      EXPECT_TRUE (g_file_set_contents (path, table.c_str (), (gssize) table.size (), nullptr));
    }
}
