/* SPDX-License-Identifier: MPL-2.0 */
/* Two hosts behind sequential NATs, one of which foretells its ports. */
#pragma once

#include <set>

#include "floe-port-sequence-private.h"
#include "floe-prediction-core-private.h"
#include "punch-world.h"

struct PredictionFree
{
  void operator() (FloePredictionCore *core) const
  {
    floe_prediction_core_free (core);
  }
};
using Prediction = std::unique_ptr<FloePredictionCore, PredictionFree>;

constexpr gint64 kSignalling = 40 * kMillisecond;

inline FloePredictionConfig
Sequential (guint step)
{
  FloePredictionConfig config = {};

  config.allocation = FLOE_NAT_ALLOCATION_SEQUENTIAL;
  config.step = step;
  config.lead_us = kSignalling + 20 * kMillisecond;
  return config;
}

class PredictionWorld
{
public:
  PredictionWorld (const std::string &alice, const std::string &bob, guint64 seed)
      : net_ ("router a " + alice + " delay=10ms\nrouter b " + bob
                  + " delay=10ms\nhost alice behind=a\nhost bob behind=b\n"
                    "host server delay=10ms\n",
              seed)
  {
  }

  /* What the core says of @host's NAT when it is carried out. */
  FloePrediction Foretell (const std::string &host, const FloePredictionConfig &config)
  {
    Prediction core (floe_prediction_core_new (&config));
    FloePredictionOutput output;
    guint asked = 0, elapsed_ms = 0;

    floe_prediction_core_start (core.get (), net_.now_us ());
    while (true)
      {
        while (floe_prediction_core_poll (core.get (), &output))
          {
            if (output.type == FLOE_PREDICTION_OUTPUT_DONE)
              return *floe_prediction_core_get_result (core.get ());
            asked = output.sample + 1;
            Ask (host, output.sample);
          }
        if (++elapsed_ms % 50 == 0) /* as STUN clients do: some may be lost */
          for (guint sample = 0; sample < asked; sample++)
            Ask (host, sample);
        net_.Wait (kMillisecond);
        Answer ();
        Hear (host, core.get ());
        if (floe_prediction_core_get_deadline (core.get ()) <= net_.now_us ())
          floe_prediction_core_handle_timeout (core.get (), net_.now_us ());
      }
  }

  /* A check between two questions. */
  FloePortBracket Bracket (const std::string &host, const FloeStunAddress &to, guint step)
  {
    FloePortBracket bracket = { {}, {}, step, 1 };

    Ask (host, 0);
    Send (host, to, "check");
    Ask (host, 1);
    for (guint i = 0; i < 100; i++)
      {
        net_.Wait (kMillisecond);
        Answer ();
        while (Packet packet = net_.Receive (host))
          (Header (*packet).destination.port == next_port_ ? bracket.before : bracket.after) =
              ToStun (Endpoint (Payload (*packet)));
      }
    return bracket;
  }

  void Send (const std::string &host, const FloeStunAddress &to, const std::string &payload)
  {
    net_.Send (host, Udp (net_.At (host, kIcePort), Text (ToLab (to)), payload));
  }

  /* What has come for a host's ICE socket. */
  std::vector<std::pair<FloeStunAddress, std::string> > Take (const std::string &host)
  {
    std::vector<std::pair<FloeStunAddress, std::string> > taken;

    while (Packet packet = net_.Receive (host))
      if (Header (*packet).destination.port == kIcePort)
        taken.emplace_back (ToStun (Header (*packet).source), Payload (*packet));
    return taken;
  }

  /* Where a server sees a host's ICE socket. */
  FloeStunAddress Reflexive (const std::string &host)
  {
    net_.Send (host, Udp (net_.At (host, kIcePort), net_.At ("server", 3478)));
    net_.Wait (40 * kMillisecond);
    return ToStun (Header (*net_.Receive ("server")).source);
  }

  Network &net ()
  {
    return net_;
  }

private:
  void Ask (const std::string &host, guint sample)
  {
    net_.Send (host, Udp (net_.At (host, next_port_ + (int) sample), net_.At ("server", 3478)));
  }

  void Answer ()
  {
    while (Packet packet = net_.Receive ("server"))
      {
        LabHeader header = Header (*packet);

        net_.Send ("server",
                   Udp (Text (header.destination), Text (header.source), Text (header.source)));
      }
  }

  void Hear (const std::string &host, FloePredictionCore *core)
  {
    while (Packet packet = net_.Receive (host))
      {
        FloeStunAddress mapped = ToStun (Endpoint (Payload (*packet)));
        int sample = Header (*packet).destination.port - next_port_;

        floe_prediction_core_handle_sample (core, net_.now_us (), (guint) sample, &mapped);
      }
  }

  Network net_;
  int next_port_ = 9000;
};
