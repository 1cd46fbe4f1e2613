/* SPDX-License-Identifier: MPL-2.0 */
/* Prefixes from a resolver that says what a test wants: RFC 7050. */
#include "floe-test.h"

#include <gio/gio.h>

G_BEGIN_DECLS
#include "floe-name-resolver-private.h"
#include "floe-nat64-private.h"
G_END_DECLS

struct FakeResolver
{
  GResolver parent;
  std::vector<const char *> *answers;
  int error;      /* 0 for none */
  bool is_silent; /* keeps the task in @waiting */
  GTask *waiting; /* (owned) (nullable) */
  guint asked;
  std::string *name;
};

struct FakeResolverClass
{
  GResolverClass parent;
};

static GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static void
Reply (FakeResolver *self, GTask *task)
{
  GList *addresses = nullptr;

  for (const char *answer : *self->answers)
    addresses = g_list_prepend (addresses, g_inet_address_new_from_string (answer));
  if (addresses != nullptr)
    g_task_return_pointer (task, g_list_reverse (addresses),
                           (GDestroyNotify) g_resolver_free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR,
                             self->error != 0 ? self->error : (int) G_RESOLVER_ERROR_NOT_FOUND,
                             "no such name");
  g_object_unref (task);
}

static void
fake_lookup_async (GResolver *resolver, const char *name, GResolverNameLookupFlags flags,
                   GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  FakeResolver *self = (FakeResolver *) resolver;
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);

  EXPECT_EQ (flags, G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY);
  self->asked++;
  *self->name = name;
  if (self->is_silent)
    self->waiting = task;
  else
    Reply (self, task);
}

static GList *
fake_lookup_finish (GResolver *, GAsyncResult *result, GError **error)
{
  return (GList *) g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  klass->parent.lookup_by_name_with_flags_async = fake_lookup_async;
  klass->parent.lookup_by_name_with_flags_finish = fake_lookup_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
  self->answers = new std::vector<const char *>;
  self->name = new std::string;
}

class Nat64Lookup : public testing::Test
{
protected:
  Nat64Lookup ()
  {
    resolver_ = (FakeResolver *) g_object_new (fake_resolver_get_type (), nullptr);
    g_resolver_set_default (G_RESOLVER (resolver_));
    floe_nat64_forget ();
  }
  ~Nat64Lookup () override
  {
    if (resolver_->waiting != nullptr)
      Reply (resolver_, resolver_->waiting);
    while (g_main_context_iteration (nullptr, FALSE))
      ;
    g_resolver_set_default (before_);
    g_object_unref (before_);
    delete resolver_->answers;
    delete resolver_->name;
    g_object_unref (resolver_);
    g_object_unref (cancellable_);
  }

  static void OnPrefixes (const FloeNat64 *nat64, gpointer user_data)
  {
    auto *self = (Nat64Lookup *) user_data;

    self->told_++;
    self->nat64_ = *nat64;
  }

  static void OnFree (gpointer user_data)
  {
    ((Nat64Lookup *) user_data)->freed_++;
  }

  void LookUp ()
  {
    floe_nat64_look_up (nullptr, cancellable_, OnPrefixes, this, OnFree);
    EXPECT_EQ (freed_ + told_, 0u) << "inside the call";
  }

  void Run ()
  {
    while (freed_ == 0)
      g_main_context_iteration (nullptr, TRUE);
    freed_ = 0;
  }

  guint LookUpAndRun ()
  {
    told_ = 0;
    LookUp ();
    Run ();
    return nat64_.count;
  }

  static void OnResolved (GList *addresses, const GError *, gpointer user_data)
  {
    auto *self = (Nat64Lookup *) user_data;

    for (GList *link = addresses; link != nullptr; link = link->next)
      {
        char *text = g_inet_address_to_string (G_INET_ADDRESS (link->data));

        self->addresses_ += std::string (text) + " ";
        g_free (text);
      }
    self->freed_++;
  }

  std::string Resolve (const char *name)
  {
    GCancellable *lookup = floe_name_resolver_start (nullptr, name, OnResolved, this);

    addresses_ = "";
    Run ();
    g_object_unref (lookup);
    return addresses_;
  }

  GResolver *before_ = g_resolver_get_default ();
  FakeResolver *resolver_;
  GCancellable *cancellable_ = g_cancellable_new ();
  FloeNat64 nat64_ = {};
  std::string addresses_;
  guint told_ = 0;
  guint freed_ = 0;
};

TEST_F (Nat64Lookup, AsksOnceForANetwork)
{
  *resolver_->answers = { "64:ff9b::c000:aa", "64:ff9b::c000:ab" };
  EXPECT_EQ (LookUpAndRun (), 1u);
  EXPECT_EQ (told_, 1u);
  EXPECT_EQ (*resolver_->name, "ipv4only.arpa");
  EXPECT_EQ (nat64_.prefixes[0].bits, 96u);
  EXPECT_EQ (LookUpAndRun (), 1u);
  EXPECT_EQ (told_, 1u);
  EXPECT_EQ (resolver_->asked, 1u);
}

TEST_F (Nat64Lookup, RemembersThatThereIsNone)
{
  EXPECT_EQ (LookUpAndRun (), 0u);
  EXPECT_EQ (LookUpAndRun (), 0u);
  EXPECT_EQ (resolver_->asked, 1u);
}

TEST_F (Nat64Lookup, DoesNotRememberThatTheServerFailed)
{
  resolver_->error = G_RESOLVER_ERROR_TEMPORARY_FAILURE;
  EXPECT_EQ (LookUpAndRun (), 0u);
  *resolver_->answers = { "64:ff9b::c000:aa" };
  EXPECT_EQ (LookUpAndRun (), 1u);
  EXPECT_EQ (resolver_->asked, 2u);
}

TEST_F (Nat64Lookup, IsBoundedWhateverTheServerSays)
{
  std::vector<std::string> records;

  for (int i = 0; i < 1000; i++)
    records.push_back ((i % 2 == 0 ? "2001:db8::" : "127.0.0.") + std::to_string (i % 250));
  for (const std::string &record : records)
    resolver_->answers->push_back (record.c_str ());
  resolver_->answers->push_back ("64:ff9b::c000:aa");
  EXPECT_EQ (LookUpAndRun (), 0u);
}

TEST_F (Nat64Lookup, EndsWithoutAnAnswerAndALateOneCountsForTheNextTime)
{
  resolver_->is_silent = true;
  *resolver_->answers = { "64:ff9b::c000:aa" };
  EXPECT_EQ (LookUpAndRun (), 0u);
  EXPECT_EQ (told_, 1u);
  Reply (resolver_, g_steal_pointer (&resolver_->waiting));
  while (g_main_context_iteration (nullptr, FALSE))
    ;
  EXPECT_EQ (told_, 1u);
  EXPECT_EQ (LookUpAndRun (), 1u);
  EXPECT_EQ (resolver_->asked, 1u);
}

TEST_F (Nat64Lookup, TellsNothingWhenItWasCancelled)
{
  *resolver_->answers = { "64:ff9b::c000:aa" };
  LookUp ();
  g_cancellable_cancel (cancellable_);
  Run ();
  EXPECT_EQ (told_, 0u);
}

TEST_F (Nat64Lookup, LeadsIpv4AddressesThroughThePrefixes)
{
  *resolver_->answers = { "2001:db8:c000:aa::", "64:ff9b::c000:aa" };
  EXPECT_EQ (Resolve ("198.51.100.1"), "2001:db8:c633:6401:: 64:ff9b::c633:6401 ");
  EXPECT_EQ (Resolve ("10.0.0.1"), "2001:db8:a00:1:: ") << "not by the well-known prefix";
}

TEST_F (Nat64Lookup, LeavesIpv4AddressesAloneWithoutAPrefix)
{
  EXPECT_EQ (Resolve ("198.51.100.1"), "198.51.100.1 ");
}

TEST_F (Nat64Lookup, ReadsWhatNeedsNoLookup)
{
  GInetAddress *ipv6 = floe_name_resolver_read ("2001:db8::1");
  GInetAddress *loopback = floe_name_resolver_read ("127.0.0.1");

  EXPECT_NE (ipv6, nullptr);
  EXPECT_NE (loopback, nullptr);
  EXPECT_EQ (floe_name_resolver_read ("turn.example"), nullptr);
  g_clear_object (&ipv6);
  g_clear_object (&loopback);
}
