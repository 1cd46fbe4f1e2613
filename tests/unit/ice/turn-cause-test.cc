/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-test.h"

G_BEGIN_DECLS
#include "floe-turn-cause-private.h"
G_END_DECLS

struct Cause
{
  const char *name;
  guint code;
  const char *username;
  const char *part;
};

class TurnCauses : public testing::TestWithParam<Cause>
{
};

TEST_P (TurnCauses, SayWhatToDo)
{
  g_autofree char *text =
      floe_turn_cause_describe (GetParam ().code, GetParam ().username, 1700000000);

  EXPECT_NE (std::string (text).find (GetParam ().part), std::string::npos) << text;
}

INSTANTIATE_TEST_SUITE_P (
    Codes, TurnCauses,
    testing::Values (
        Cause{ "WrongPassword", 401, "floe", "password is wrong" },
        Cause{ "NoUsername", 401, nullptr, "password is wrong" },
        Cause{ "EndedCredentials", 401, "1600000000:floe", "ended at 2020-09-13" },
        Cause{ "ValidCredentialsAreWrong", 401, "1700000001:floe", "password is wrong" },
        Cause{ "EndedCredentialsDoNotExplainAQuota", 486, "1600000000:floe", "quota" },
        Cause{ "ATimeThatNoCalendarHas", 401, "-9223372036854775807", "password is wrong" },
        Cause{ "Forbidden", 403, nullptr, "forbids" },
        Cause{ "Capacity", 508, nullptr, "no addresses" },
        Cause{ "Unreachable", 701, nullptr, "did not answer" },
        Cause{ "Unheard", 477, nullptr, "477" }),
    [] (const auto &info) { return std::string (info.param.name); });
