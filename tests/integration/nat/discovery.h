/* SPDX-License-Identifier: MPL-2.0 */
/* A FloeNatDiscovery in a main context of its own, and calls that wait for it. */
#pragma once

#include <floe/floe.h>

#include "../coturn.h"
#include "floe-test.h"

/* Longer than anything here takes, also on a busy machine. */
#define DISCOVERY_LIMIT_S 30

/* A socket on 127.0.0.1 that takes what comes and says nothing: who asks it waits. */
class SilentServer
{
public:
  SilentServer ()
  {
    g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
    g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);

    EXPECT_TRUE (g_socket_bind (socket_, any_port, FALSE, nullptr));
    g_socket_set_blocking (socket_, FALSE);
  }
  ~SilentServer ()
  {
    g_object_unref (socket_);
  }
  SilentServer (const SilentServer &) = delete;
  SilentServer &operator= (const SilentServer &) = delete;

  guint16 port () const
  {
    g_autoptr (GSocketAddress) bound = g_socket_get_local_address (socket_, nullptr);

    return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  }
  std::string Url () const
  {
    return "stun:127.0.0.1:" + std::to_string (port ());
  }
  /* The ports from which something has come. */
  std::vector<guint16> TakeSenders ()
  {
    std::vector<guint16> ports;

    for (;;)
      {
        g_autoptr (GSocketAddress) from = nullptr;
        char data[2048];

        if (g_socket_receive_from (socket_, &from, data, sizeof data, nullptr, nullptr) < 0)
          return ports;
        ports.push_back (g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (from)));
      }
  }

private:
  GSocket *socket_ =
      g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr);
};

struct DiscoveryCall
{
  bool is_over = false;
  GPtrArray *reports = nullptr;
  GError *error = nullptr;

  ~DiscoveryCall ()
  {
    g_clear_pointer (&reports, g_ptr_array_unref);
    g_clear_error (&error);
  }
  bool Failed (GQuark domain, int code) const
  {
    return is_over && g_error_matches (error, domain, code);
  }
};

class Discovery
{
public:
  Discovery ()
  {
    configuration_ = floe_configuration_new ();
    static const char *const loopback[] = { "lo", nullptr };
    floe_configuration_set_interfaces (configuration_, loopback);
    discovery_ = floe_nat_discovery_new (configuration_);
  }
  ~Discovery ()
  {
    g_clear_object (&discovery_);
    g_clear_object (&configuration_);
  }
  Discovery (const Discovery &) = delete;
  Discovery &operator= (const Discovery &) = delete;

  FloeNatDiscovery *get () const
  {
    return discovery_;
  }
  void Drop ()
  {
    g_clear_object (&discovery_);
  }
  void AddServer (const std::string &url)
  {
    ErrorHolder error;

    ASSERT_TRUE (floe_configuration_add_ice_server_url (
        configuration_, url.c_str (), Coturn::Username (), Coturn::Credential (), error))
        << error.message ();
  }
  void Start (DiscoveryCall &call, GCancellable *cancellable = nullptr)
  {
    floe_nat_discovery_run_async (discovery_, cancellable, OnRun, &call);
  }
  /* Until @is_over, or far too long. */
  template <typename Condition> static void WaitFor (Condition is_over)
  {
    gboolean is_late = FALSE;
    guint limit = g_timeout_add_seconds (DISCOVERY_LIMIT_S, OnLimit, &is_late);
    /* Some conditions are of other threads or of files, and wake nobody. */
    guint tick = g_timeout_add (
        10, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr);

    while (!is_over () && !is_late)
      g_main_context_iteration (nullptr, TRUE);
    EXPECT_FALSE (is_late) << "what was waited for has not come";
    if (!is_late)
      g_source_remove (limit);
    g_source_remove (tick);
  }
  static void Wait (const DiscoveryCall &call)
  {
    WaitFor ([&call] { return call.is_over; });
  }
  void Run (DiscoveryCall &call)
  {
    Start (call);
    EXPECT_FALSE (call.is_over) << "never before the function returns";
    Wait (call);
  }

private:
  static gboolean OnLimit (gpointer is_late)
  {
    *(gboolean *) is_late = TRUE;
    return G_SOURCE_REMOVE;
  }
  static void OnRun (GObject *source, GAsyncResult *result, gpointer user_data)
  {
    auto *call = (DiscoveryCall *) user_data;

    EXPECT_FALSE (call->is_over) << "called once";
    call->reports =
        floe_nat_discovery_run_finish (FLOE_NAT_DISCOVERY (source), result, &call->error);
    call->is_over = true;
  }

  FloeConfiguration *configuration_;
  FloeNatDiscovery *discovery_;
};

/* The report of @base, or NULL. */
inline FloeNatReport *
FindReport (GPtrArray *reports, const char *base)
{
  for (guint i = 0; reports != nullptr && i < reports->len; i++)
    {
      auto *report = (FloeNatReport *) g_ptr_array_index (reports, i);

      if (g_strcmp0 (floe_nat_report_get_base_address (report), base) == 0)
        return report;
    }
  return nullptr;
}

inline FloeNatFault
GetFault (FloeNatReport *report, guint server)
{
  GPtrArray *servers = floe_nat_report_get_servers (report);

  EXPECT_LT (server, servers->len);
  return floe_nat_server_report_get_fault (
      (FloeNatServerReport *) g_ptr_array_index (servers, server));
}
