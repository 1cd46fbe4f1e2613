/* SPDX-License-Identifier: MPL-2.0 */
/* A DNS of the test's own: what GResolver finds while an object of this class is there. */
#pragma once

#include <gio/gio.h>

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

struct SrvRecord
{
  std::string host;
  guint16 port;
  guint16 priority = 0;
  guint16 weight = 0;
};

class FakeDns
{
public:
  FakeDns ();
  ~FakeDns ();
  FakeDns (const FakeDns &) = delete;

  static FakeDns *current;

  std::map<std::string, std::vector<SrvRecord> > services; /* "_stun._udp.example.org" */
  std::map<std::string, std::string> hosts;                /* to an address */
  std::set<std::string> silent;                            /* names that nobody answers for */
  std::set<std::string> broken;                            /* names of a server that fails */
  std::vector<std::string> asked;
  std::mutex lock; /* names are looked up in the network thread, too */

  /* The silent speak up after all, as a resolver has to when it is cancelled. */
  void EndAll ()
  {
    for (GTask *task : waiting)
      {
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");
        g_object_unref (task);
      }
    waiting.clear ();
    while (g_main_context_iteration (nullptr, FALSE))
      ;
  }

  std::vector<GTask *> waiting; /* (owned): of the silent */

private:
  GResolver *previous_; /* (owned) */
};

inline FakeDns *FakeDns::current = nullptr;

struct FakeResolver
{
  GResolver parent_instance;
};
struct FakeResolverClass
{
  GResolverClass parent_class;
};
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

inline GList *
MakeTargets (const std::vector<SrvRecord> &records)
{
  GList *targets = nullptr;

  for (const SrvRecord &record : records)
    targets = g_list_prepend (targets, g_srv_target_new (record.host.c_str (), record.port,
                                                         record.priority, record.weight));
  return g_list_reverse (targets);
}

/* TRUE when there is nothing to be found. */
inline bool
EndWithout (GTask *task, const std::string &name, bool is_there)
{
  FakeDns *dns = FakeDns::current;
  std::lock_guard<std::mutex> guard (dns->lock);

  dns->asked.push_back (name);
  if (dns->silent.count (name) > 0)
    dns->waiting.push_back (task);
  else if (dns->broken.count (name) > 0)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE,
                               "SERVFAIL");
      g_object_unref (task);
    }
  else if (!is_there)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "NXDOMAIN");
      g_object_unref (task);
    }
  else
    return false;
  return true;
}

inline void
fake_resolver_lookup_service_async (GResolver *resolver, const char *rrname,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);
  auto found = FakeDns::current->services.find (rrname);

  if (EndWithout (task, rrname, found != FakeDns::current->services.end ()))
    return;
  g_task_return_pointer (task, MakeTargets (found->second), nullptr);
  g_object_unref (task);
}

inline GList *
fake_resolver_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return (GList *) g_task_propagate_pointer (G_TASK (result), error);
}

inline void
fake_resolver_lookup_by_name_async (GResolver *resolver, const char *name,
                                    GCancellable *cancellable, GAsyncReadyCallback callback,
                                    gpointer user_data)
{
  GTask *task = g_task_new (resolver, cancellable, callback, user_data);
  auto found = FakeDns::current->hosts.find (name);

  if (EndWithout (task, name, found != FakeDns::current->hosts.end ()))
    return;
  g_task_return_pointer (
      task, g_list_append (nullptr, g_inet_address_new_from_string (found->second.c_str ())),
      (GDestroyNotify) g_resolver_free_addresses);
  g_object_unref (task);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  resolver_class->lookup_service_async = fake_resolver_lookup_service_async;
  resolver_class->lookup_service_finish = fake_resolver_finish;
  resolver_class->lookup_by_name_async = fake_resolver_lookup_by_name_async;
  resolver_class->lookup_by_name_finish = fake_resolver_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
}

inline FakeDns::FakeDns () : previous_ (g_resolver_get_default ())
{
  GResolver *fake = G_RESOLVER (g_object_new (fake_resolver_get_type (), nullptr));

  current = this;
  g_resolver_set_default (fake);
  g_object_unref (fake);
}

inline FakeDns::~FakeDns ()
{
  EndAll ();
  g_resolver_set_default (previous_);
  g_object_unref (previous_);
  current = nullptr;
}
