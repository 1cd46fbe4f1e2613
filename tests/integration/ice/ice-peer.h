/* SPDX-License-Identifier: MPL-2.0 */
/* A transport with everything that it told, and two of them wired together in one context. */
#pragma once

#include "floe-test.h"

#include <functional>
#include <initializer_list>

G_BEGIN_DECLS
#include "floe-ice-server-private.h"
#include "floe-ice-transport-private.h"
#include "floe-random-private.h"
G_END_DECLS

/* Iterates a context until something is so, or time is up. */
inline bool
RunUntil (GMainContext *context, int limit_ms, const std::function<bool ()> &condition)
{
  gint64 end_us = g_get_monotonic_time () + limit_ms * 1000;
  GSource *alarm = g_timeout_source_new (5);
  bool is_so;

  /* The alarm lets the loop look at the clock while nothing happens. */
  g_source_set_callback (
      alarm, [] (gpointer) -> gboolean { return G_SOURCE_CONTINUE; }, nullptr, nullptr);
  g_source_attach (alarm, context);
  while (!(is_so = condition ()) && g_get_monotonic_time () < end_us)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (alarm);
  g_source_unref (alarm);
  return is_so;
}

struct CandidateError
{
  std::string url;
  guint code;
  std::string text;
};

struct PeerOptions
{
  std::vector<const char *> urls;
  const char *username = "floe";
  const char *credential = "secret";
  bool relay_only = false;
  bool is_controlling = false;
  guint failed_timeout_ms = 0; /* 0: as long as usual */
  guint relay_warm_ms = 0;     /* 0: as long as usual */
  guint start_after_ms = 0;    /* of the plan's first row */
  guint give_up_after_ms = 0;  /* likewise */
  bool has_udp = true;         /* else there is no direct row */
  int tcp_start_ms = -1;       /* of a row for ICE-TCP, when not negative */
  std::vector<const char *> interfaces = { "lo" };
  FloePrivacyLevel privacy = FLOE_PRIVACY_LEVEL_OPEN;
  bool resolve_names = false;
  GProxyResolver *proxy_resolver = nullptr;
  GTlsDatabase *tls_database = nullptr;
};

class IcePeer
{
public:
  IcePeer (GMainContext *context, const PeerOptions &options)
  {
    std::vector<const char *> interfaces = options.interfaces;
    FloeIceTransportConfig config = {};
    GPtrArray *plan = MakePlan (options);

    ufrag = TakeString (floe_random_ice_string (4));
    pwd = TakeString (floe_random_ice_string (24));
    interfaces.push_back (nullptr);
    config.context = context;
    config.ufrag = ufrag.c_str ();
    config.pwd = pwd.c_str ();
    config.interfaces = options.interfaces.empty () ? nullptr : interfaces.data ();
    config.relay_only = options.relay_only;
    config.privacy = options.privacy;
    config.resolve_names = options.resolve_names;
    config.proxy_resolver = options.proxy_resolver;
    config.tls_database = options.tls_database;
    config.failed_timeout_ms = options.failed_timeout_ms;
    config.relay_warm_ms = options.relay_warm_ms;
    transport = floe_ice_transport_new (&config, plan, Events (), this);
    floe_ice_transport_set_controlling (transport, options.is_controlling);
    g_ptr_array_unref (plan);
  }

  ~IcePeer ()
  {
    Drop ();
  }

  void Drop ()
  {
    if (transport == nullptr)
      return;
    floe_ice_transport_close (transport);
    g_clear_pointer (&transport, floe_ice_transport_unref);
  }

  void TakeCredentials (const IcePeer &other)
  {
    floe_ice_transport_set_remote_credentials (transport, other.ufrag.c_str (), other.pwd.c_str ());
  }

  bool IsConnected () const
  {
    return state == FLOE_ICE_CONNECTION_STATE_CONNECTED
           || state == FLOE_ICE_CONNECTION_STATE_COMPLETED;
  }

  /* Other servers, or other credentials for them. */
  void SetServers (const PeerOptions &options)
  {
    GPtrArray *plan = MakePlan (options);

    floe_ice_transport_set_plan (transport, plan);
    g_ptr_array_unref (plan);
  }

  bool Send (const std::string &text)
  {
    return floe_ice_transport_send (transport, (const guint8 *) text.data (), text.size ());
  }

  FloeIceTransport *transport = nullptr;
  std::string ufrag, pwd;
  std::vector<FloeCandidate> candidates;
  std::vector<CandidateError> errors;
  std::vector<std::string> messages;
  std::vector<FloeIceConnectionState> states;
  FloeIceConnectionState state = FLOE_ICE_CONNECTION_STATE_NEW;
  FloeCandidate local = {}, remote = {};
  guint pair_path = G_MAXUINT;
  guint pair_count = 0;
  std::vector<FloePathReason> reasons;
  std::vector<FloePathStep> steps;
  guint probe_count = 0, resumed_count = 0;
  guint gathered_count = 0;
  std::function<void (const FloeCandidate &)> on_candidate;
  std::function<void (guint)> on_probe;
  std::function<void (guint, const std::string &)> on_message; /* with the path it came on */
  std::function<void ()> on_event;                             /* after each, to close in */

private:
  static GPtrArray *MakePlan (const PeerOptions &options)
  {
    GPtrArray *servers = g_ptr_array_new_with_free_func ((GDestroyNotify) floe_ice_server_unref);
    GPtrArray *plan;

    for (const char *url : options.urls)
      {
        const char *urls[] = { url, nullptr };

        g_ptr_array_add (servers,
                         floe_ice_server_new (urls, options.username, options.credential, nullptr));
      }
    plan = floe_ice_servers_to_plan (servers,
                                     options.relay_only ? FLOE_ICE_TRANSPORT_POLICY_RELAY
                                                        : FLOE_ICE_TRANSPORT_POLICY_ALL,
                                     nullptr);
    g_ptr_array_unref (servers);
    if (plan->len > 0)
      {
        FloePathSpec *first = static_cast<FloePathSpec *> (g_ptr_array_index (plan, 0));

        first->start_after_ms = options.start_after_ms;
        first->give_up_after_ms = options.give_up_after_ms;
      }
    if (!options.has_udp)
      g_ptr_array_remove_index (plan, 0);
    if (options.tcp_start_ms >= 0)
      {
        floe_ice_plan_add_tcp (plan);
        static_cast<FloePathSpec *> (g_ptr_array_index (plan, plan->len - 1))->start_after_ms =
            (guint) options.tcp_start_ms;
      }
    return plan;
  }

  static void Told (IcePeer *self)
  {
    if (self->on_event)
      self->on_event ();
  }

  static const FloeIceTransportEvents *Events ()
  {
    static const FloeIceTransportEvents events = {
      [] (const FloeCandidate *candidate, gpointer data) {
        IcePeer *self = static_cast<IcePeer *> (data);

        self->candidates.push_back (*candidate);
        if (self->on_candidate)
          self->on_candidate (*candidate);
        Told (self);
      },
      [] (const char *url, guint code, const char *text, gpointer data) {
        static_cast<IcePeer *> (data)->errors.push_back ({ url, code, text });
        Told (static_cast<IcePeer *> (data));
      },
      [] (gpointer data) {
        static_cast<IcePeer *> (data)->gathered_count++;
        Told (static_cast<IcePeer *> (data));
      },
      [] (FloeIceConnectionState state, gpointer data) {
        static_cast<IcePeer *> (data)->state = state;
        static_cast<IcePeer *> (data)->states.push_back (state);
        Told (static_cast<IcePeer *> (data));
      },
      [] (guint path_id, const FloeCandidate *local, const FloeCandidate *remote,
          FloePathReason reason, gint64, gpointer data) {
        IcePeer *self = static_cast<IcePeer *> (data);

        self->pair_path = path_id;
        self->local = *local;
        self->remote = *remote;
        self->pair_count++;
        self->reasons.push_back (reason);
        Told (self);
      },
      [] (guint path_id, const guint8 *bytes, gsize size, gpointer data) {
        IcePeer *self = static_cast<IcePeer *> (data);

        self->messages.emplace_back ((const char *) bytes, size);
        if (self->on_message)
          self->on_message (path_id, self->messages.back ());
        Told (self);
      },
      [] (guint path_id, gpointer data) {
        IcePeer *self = static_cast<IcePeer *> (data);

        self->probe_count++;
        if (self->on_probe)
          self->on_probe (path_id);
        Told (self);
      },
      [] (gpointer data) { Told (static_cast<IcePeer *> (data)); },
      [] (gboolean, gpointer data) {
        static_cast<IcePeer *> (data)->resumed_count++;
        Told (static_cast<IcePeer *> (data));
      },
      [] (const FloePathStep *step, gpointer data) {
        static_cast<IcePeer *> (data)->steps.push_back (*step);
        Told (static_cast<IcePeer *> (data));
      },
    };

    return &events;
  }
};

/* Trickles between two peers as signalling without delay would. */
inline void
Wire (IcePeer &a, IcePeer &b)
{
  a.on_candidate = [&b] (const FloeCandidate &candidate) {
    if (b.transport != nullptr)
      floe_ice_transport_add_remote_candidate (b.transport, &candidate);
  };
  b.on_candidate = [&a] (const FloeCandidate &candidate) {
    if (a.transport != nullptr)
      floe_ice_transport_add_remote_candidate (a.transport, &candidate);
  };
}

/* Has probes answered as SCTP would: on the path that carries, naming the one that was asked. */
inline void
AnswerProbes (IcePeer &peer)
{
  peer.on_probe = [&peer] (guint path_id) {
    std::string text = "ask " + std::to_string (path_id);

    floe_ice_transport_send_on (peer.transport, path_id, (const guint8 *) text.data (),
                                text.size ());
  };
  peer.on_message = [&peer] (guint path_id, const std::string &text) {
    floe_ice_transport_handle_life (peer.transport, path_id);
    if (text.compare (0, 4, "ask ") == 0)
      peer.Send ("ans " + text.substr (4));
    else if (text.compare (0, 4, "ans ") == 0)
      floe_ice_transport_handle_answer (peer.transport, (guint) std::stoul (text.substr (4)), 1000);
  };
}

/* A fixture with a context of its own that is emptied at the end. */
class IceTest : public testing::Test
{
protected:
  IceTest ()
  {
    g_main_context_push_thread_default (context_);
  }
  ~IceTest () override
  {
    RunUntil (context_, 200, [] { return false; });
    g_main_context_pop_thread_default (context_);
    g_main_context_unref (context_);
  }

  bool Run (int limit_ms, const std::function<bool ()> &condition)
  {
    return RunUntil (context_, limit_ms, condition);
  }

  void Pause (int duration_ms)
  {
    RunUntil (context_, duration_ms, [] { return false; });
  }

  GMainContext *context_ = g_main_context_new ();
};
