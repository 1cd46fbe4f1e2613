/* SPDX-License-Identifier: MPL-2.0 */
/* Directories of servers, with a DNS of the test's own. */
#include <floe/floe.h>
#include <gmock/gmock.h>

#include <functional>

#include "fake-resolver.h"
#include "floe-test.h"

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

static const char domain[] = "example.org";

static FloeIceServer *
MakeServer (const char *url)
{
  const char *urls[] = { url, nullptr };

  return floe_ice_server_new (urls, "user", "password", nullptr);
}

static FloeServerDirectory *
MakeStatic (const std::vector<const char *> &urls)
{
  g_autoptr (GPtrArray) servers =
      g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);

  for (const char *url : urls)
    g_ptr_array_add (servers, MakeServer (url));
  return FLOE_SERVER_DIRECTORY (floe_static_server_directory_new (servers));
}

/* An application's own. */
struct OwnDirectory
{
  GObject parent_instance;
};
struct OwnDirectoryClass
{
  GObjectClass parent_class;
};

static std::function<void (FloeServerQuery *)> own_ask;

static void
own_directory_iface_init (FloeServerDirectoryInterface *iface)
{
  iface->ask = [] (FloeServerDirectory *, FloeServerQuery *query) { own_ask (query); };
}

G_DEFINE_TYPE_WITH_CODE (OwnDirectory, own_directory, G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (FLOE_TYPE_SERVER_DIRECTORY,
                                                own_directory_iface_init))

static void
own_directory_class_init (OwnDirectoryClass *klass)
{
}

static void
own_directory_init (OwnDirectory *self)
{
}

static FloeServerDirectory *
MakeOwn (std::function<void (FloeServerQuery *)> ask)
{
  own_ask = std::move (ask);
  return FLOE_SERVER_DIRECTORY (g_object_new (own_directory_get_type (), nullptr));
}

struct Listing
{
  bool is_done = false;
  std::vector<std::string> urls;
  guint lifetime = 4711;
  ErrorHolder error;
};

static void
OnListed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Listing *listing = (Listing *) user_data;
  g_autoptr (GPtrArray) servers = floe_server_directory_list_finish (
      FLOE_SERVER_DIRECTORY (source), result, &listing->lifetime, listing->error);

  listing->is_done = true;
  for (guint i = 0; servers != nullptr && i < servers->len; i++)
    listing->urls.push_back (
        floe_ice_server_get_urls ((FloeIceServer *) g_ptr_array_index (servers, i))[0]);
}

/* (transfer full) @directory: asks it. */
static std::unique_ptr<Listing>
List (FloeServerDirectory *directory, GCancellable *cancellable = nullptr)
{
  auto listing = std::make_unique<Listing> ();

  floe_server_directory_list_async (directory, cancellable, OnListed, listing.get ());
  EXPECT_FALSE (listing->is_done) << "The callback ran inside the call";
  g_object_unref (directory);
  while (!listing->is_done)
    g_main_context_iteration (nullptr, TRUE);
  return listing;
}

static FloeServerDirectory *
MakeDns (const char *name = domain)
{
  return FLOE_SERVER_DIRECTORY (floe_dns_server_directory_new (name, "user", "password"));
}

TEST (StaticDirectory, AnswersWithItsServersForEver)
{
  auto listing = List (MakeStatic ({ "stun:a.example", "turn:b.example" }));

  EXPECT_THAT (listing->urls, ElementsAre ("stun:a.example", "turn:b.example"));
  EXPECT_EQ (listing->lifetime, 0u);
}

TEST (OwnDirectory, MayForgetItsQuery)
{
  auto listing = List (MakeOwn ([] (FloeServerQuery *) {}));

  EXPECT_TRUE (listing->error.Is (FLOE_ERROR, FLOE_ERROR_OPERATION)) << listing->error.message ();
}

TEST (OwnDirectory, IsHeardOnce)
{
  auto listing = List (MakeOwn ([] (FloeServerQuery *query) {
    g_autoptr (GPtrArray) none = g_ptr_array_new ();

    floe_server_query_fail (query, "The office is closed");
    floe_server_query_fail (query, "twice");
    floe_server_query_answer (query, none, 5);
  }));

  EXPECT_STREQ (listing->error.message (), "The office is closed");
}

TEST (OwnDirectory, MayNotNameServersWithoutBound)
{
  auto listing = List (MakeOwn ([] (FloeServerQuery *query) {
    g_autoptr (FloeIceServer) server = MakeServer ("stun:a.example");
    g_autoptr (GPtrArray) many = g_ptr_array_new ();

    for (int i = 0; i < 1000; i++)
      g_ptr_array_add (many, server);
    floe_server_query_answer (query, many, 5);
  }));

  EXPECT_EQ (listing->urls.size (), 32u);
  EXPECT_EQ (listing->lifetime, 5u);
}

TEST (DnsDirectory, FindsEachServiceInTurn)
{
  FakeDns dns;

  dns.services = {
    { "_stun._udp.example.org",
      { { "s2.example.org", 3479, 20 }, { "s1.example.org", 3478, 10 } } },
    { "_turn._udp.example.org", { { "t.example.net.", 3478 } } },
    { "_turn._tcp.example.org", { { "t.example.net", 80 } } },
    { "_turns._tcp.example.org", { { "t.Example.org", 443 } } },
  };
  auto listing = List (MakeDns ());
  EXPECT_THAT (listing->urls,
               ElementsAre ("stun:s1.example.org:3478", "turn:t.example.net:3478?transport=udp",
                            "turn:t.example.net:80?transport=tcp",
                            "turns:t.Example.org:443?transport=tcp", "stun:s2.example.org:3479"));
  EXPECT_EQ (listing->lifetime, 900u);
}

TEST (DnsDirectory, WithoutCredentialsAsksForStunOnly)
{
  FakeDns dns;

  dns.services = { { "_stun._udp.example.org", { { "s.example.org", 3478 } } } };
  auto listing =
      List (FLOE_SERVER_DIRECTORY (floe_dns_server_directory_new (domain, nullptr, nullptr)));
  EXPECT_THAT (listing->urls, ElementsAre ("stun:s.example.org:3478"));
  EXPECT_THAT (dns.asked, ElementsAre ("_stun._udp.example.org"));
}

TEST (DnsDirectory, WeightsDecideWithinAPriority)
{
  FakeDns dns;
  int heavy_first = 0;

  dns.services = { { "_stun._udp.example.org",
                     { { "light.example.org", 1, 5, 1 }, { "heavy.example.org", 1, 5, 65535 } } } };
  for (int i = 0; i < 50; i++)
    heavy_first += List (MakeDns ())->urls[0] == "stun:heavy.example.org:1";
  EXPECT_GE (heavy_first, 45);
}

TEST (DnsDirectory, TakesInternationalDomains)
{
  FakeDns dns;

  dns.services = { { "_stun._udp.xn--mnchen-3ya.example", { { "s.example.org", 3478 } } } };
  EXPECT_EQ (List (MakeDns ("münchen.example."))->urls.size (), 1u);
}

struct HostileRecord
{
  const char *name;
  SrvRecord record;
};

class DnsDirectoryIgnores : public testing::TestWithParam<HostileRecord>
{
};

TEST_P (DnsDirectoryIgnores, WhatIsNoServer)
{
  FakeDns dns;

  dns.services = { { "_turns._tcp.example.org", { GetParam ().record } } };
  auto listing = List (MakeDns ());
  EXPECT_THAT (listing->urls, IsEmpty ());
  EXPECT_TRUE (listing->error.Is (FLOE_ERROR, FLOE_ERROR_NETWORK)) << listing->error.message ();
  EXPECT_THAT (listing->error.message (), HasSubstr (domain));
}

INSTANTIATE_TEST_SUITE_P (
    Records, DnsDirectoryIgnores,
    testing::Values (HostileRecord{ "Root", { ".", 443 } }, HostileRecord{ "Empty", { "", 443 } },
                     HostileRecord{ "PortZero", { "t.example.org", 0 } },
                     HostileRecord{ "Address", { "127.0.0.1", 443 } },
                     HostileRecord{ "HexAddress", { "0x7f.1", 443 } },
                     HostileRecord{ "Number", { "2130706433", 443 } },
                     HostileRecord{ "LocalHost", { "localhost.", 443 } },
                     HostileRecord{ "Query", { "t.example.org?x", 443 } },
                     HostileRecord{ "UserInfo", { "a@t.example.org", 443 } },
                     HostileRecord{ "NewLine", { "t\n.example.org", 443 } },
                     HostileRecord{ "Underscore", { "_turns._tcp.example.org", 443 } },
                     HostileRecord{ "TwoDots", { "t..example.org", 443 } },
                     HostileRecord{ "NotUtf8", { "t\xff.example.org", 443 } },
                     HostileRecord{ "TooLong", { std::string (300, 'a') + ".example.org", 443 } },
                     HostileRecord{ "OtherDomain", { "t.attacker.example", 443 } },
                     HostileRecord{ "Suffix", { "badexample.org", 443 } }),
    [] (const auto &info) { return std::string (info.param.name); });

TEST (DnsDirectory, KeepsTheBestOfAFlood)
{
  FakeDns dns;
  auto &records = dns.services["_turn._udp.example.org"];

  for (guint16 i = 0; i < 10000; i++)
    records.push_back ({ "t" + std::to_string (i) + ".example.org", 3478, (guint16) (10000 - i) });
  auto listing = List (MakeDns ());
  ASSERT_EQ (listing->urls.size (), 8u);
  EXPECT_EQ (listing->urls[0], "turn:t9999.example.org:3478?transport=udp");
}

TEST (DnsDirectory, TellsAServerOnce)
{
  FakeDns dns;

  dns.services["_stun._udp.example.org"] = { 1000, { "example.org", 3478, 1, 1 } };
  EXPECT_THAT (List (MakeDns ())->urls, ElementsAre ("stun:example.org:3478"));
}

TEST (DnsDirectory, SaysWhatTheDnsSays)
{
  FakeDns dns;

  dns.broken = { "_turn._udp.example.org" };
  auto listing = List (MakeDns ());
  EXPECT_TRUE (listing->error.Is (FLOE_ERROR, FLOE_ERROR_NETWORK));
  EXPECT_THAT (listing->error.message (), HasSubstr ("SERVFAIL"));
}

TEST (DnsDirectory, WithoutADomainNameSaysSo)
{
  for (const char *name : { "", ".", "127.0.0.1", "a b.example", "example.org/x" })
    EXPECT_TRUE (List (MakeDns (name))->error.Is (FLOE_ERROR, FLOE_ERROR_SYNTAX)) << name;
}

TEST (DnsDirectory, CanBeCancelled)
{
  FakeDns dns;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  for (const char *service : { "_stun._udp", "_turn._udp", "_turn._tcp", "_turns._tcp" })
    dns.silent.insert (std::string (service) + ".example.org");
  g_idle_add_once ([] (gpointer data) { g_cancellable_cancel ((GCancellable *) data); },
                   cancellable);
  EXPECT_TRUE (List (MakeDns (), cancellable)->error.Is (G_IO_ERROR, G_IO_ERROR_CANCELLED));
  EXPECT_EQ (dns.waiting.size (), 4u);
}

static FloeServerDirectory *
MakeChain (const std::vector<FloeServerDirectory *> &directories)
{
  g_autoptr (GPtrArray) list = g_ptr_array_new_with_free_func (g_object_unref);

  for (FloeServerDirectory *directory : directories)
    g_ptr_array_add (list, directory);
  return FLOE_SERVER_DIRECTORY (floe_server_directory_chain_new (list));
}

TEST (DirectoryChain, TakesTheFirstThatHasAny)
{
  FakeDns dns;
  auto fails = MakeOwn ([] (FloeServerQuery *query) { floe_server_query_fail (query, "closed"); });
  auto listing =
      List (MakeChain ({ fails, MakeDns (), MakeStatic ({}), MakeStatic ({ "stun:a.example" }),
                         MakeStatic ({ "stun:b.example" }) }));

  EXPECT_THAT (listing->urls, ElementsAre ("stun:a.example"));
}

TEST (DirectoryChain, TellsTheFirstFailure)
{
  FakeDns dns;
  auto fails = MakeOwn ([] (FloeServerQuery *query) { floe_server_query_fail (query, "closed"); });
  auto listing = List (MakeChain ({ MakeStatic ({}), fails, MakeDns () }));

  EXPECT_STREQ (listing->error.message (), "closed");
}

TEST (DirectoryChain, ThatIsEmptyHasNoServers)
{
  auto listing = List (MakeChain ({}));

  EXPECT_EQ (listing->error.get (), nullptr);
  EXPECT_THAT (listing->urls, IsEmpty ());
}

TEST (DirectoryChain, CanBeCancelledWhereverItIs)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  FloeServerQuery *kept = nullptr;
  auto waits = MakeOwn ([&] (FloeServerQuery *query) {
    kept = FLOE_SERVER_QUERY (g_object_ref (query));
    g_cancellable_cancel (cancellable);
  });

  EXPECT_TRUE (List (MakeChain ({ waits, MakeStatic ({ "stun:a.example" }) }), cancellable)
                   ->error.Is (G_IO_ERROR, G_IO_ERROR_CANCELLED));
  EXPECT_TRUE (g_cancellable_is_cancelled (floe_server_query_get_cancellable (kept)));
  floe_server_query_fail (kept, "too late");
  g_object_unref (kept);
  while (g_main_context_iteration (nullptr, FALSE))
    ;
}
