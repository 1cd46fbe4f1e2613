/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-ice-state-core-private.h"

#include "floe-log-private.h"

#define NEW FLOE_ICE_CONNECTION_STATE_NEW
#define CHECKING FLOE_ICE_CONNECTION_STATE_CHECKING
#define CONNECTED FLOE_ICE_CONNECTION_STATE_CONNECTED
#define COMPLETED FLOE_ICE_CONNECTION_STATE_COMPLETED
#define DISCONNECTED FLOE_ICE_CONNECTION_STATE_DISCONNECTED
#define FAILED FLOE_ICE_CONNECTION_STATE_FAILED
#define CLOSED FLOE_ICE_CONNECTION_STATE_CLOSED
#define TO(state) (1u << (state))

/* W3C webrtc-pc section 5.6.4, RTCIceTransportState, without the edges of an ICE restart. */
static const guint allowed_next[] = {
  [NEW] = TO (CHECKING) | TO (CLOSED),
  [CHECKING] = TO (CONNECTED) | TO (COMPLETED) | TO (FAILED) | TO (CLOSED),
  [CONNECTED] = TO (COMPLETED) | TO (DISCONNECTED) | TO (CLOSED),
  [COMPLETED] = TO (DISCONNECTED) | TO (CLOSED),
  [DISCONNECTED] = TO (CONNECTED) | TO (COMPLETED) | TO (FAILED) | TO (CLOSED),
  [FAILED] = TO (CLOSED),
  [CLOSED] = 0,
};

static const char *const state_names[] = {
  [NEW] = "new",
  [CHECKING] = "checking",
  [CONNECTED] = "connected",
  [COMPLETED] = "completed",
  [DISCONNECTED] = "disconnected",
  [FAILED] = "failed",
  [CLOSED] = "closed",
};

static gboolean
set_state (FloeIceStateCore *self, FloeIceConnectionState next, const char *reason)
{
  if (self->state == next)
    return FALSE;
  g_assert (allowed_next[self->state] & TO (next));
  floe_debug (FLOE_LOG_ICE, "%s -> %s (%s)", state_names[self->state], state_names[next], reason);
  self->state = next;
  return TRUE;
}

/* The clock that FAILED waits for runs while nothing carries data. */
static void
watch_hope (FloeIceStateCore *self, const FloeIceFacts *facts, gint64 now_us)
{
  gboolean is_hopeless = facts->is_checking && !(facts->is_carried && facts->is_alive);

  if (!is_hopeless)
    self->hopeless_since_us = -1;
  else if (self->hopeless_since_us == -1)
    self->hopeless_since_us = now_us;
}

/* How long nothing may carry. */
static gint64
get_patience (const FloeIceStateCore *self)
{
  if (self->is_fixed)
    return self->failed_timeout_us;
  if (self->was_connected)
    return MAX (self->failed_timeout_us, FLOE_ICE_LOST_US);
  return self->met_us == -1 ? MAX (self->failed_timeout_us, FLOE_ICE_AWAIT_US)
                            : self->failed_timeout_us;
}

/* -1 for never. Who learns late that the peer has come gives it the whole time from then on. */
static gint64
get_fail_us (const FloeIceStateCore *self)
{
  if (self->hopeless_since_us == -1)
    return -1;
  if (self->is_fixed || self->was_connected)
    return self->hopeless_since_us + get_patience (self);
  return MAX (self->hopeless_since_us, self->met_us) + get_patience (self);
}

static gboolean
has_timed_out (const FloeIceStateCore *self, gint64 now_us)
{
  gint64 fail_us = get_fail_us (self);

  return fail_us != -1 && now_us >= fail_us;
}

static gboolean
is_connected (const FloeIceStateCore *self)
{
  return self->state == CONNECTED || self->state == COMPLETED;
}

void
floe_ice_state_core_init (FloeIceStateCore *self, gint64 failed_timeout_us, gboolean is_fixed)
{
  *self = (FloeIceStateCore){
    .state = NEW,
    .failed_timeout_us = failed_timeout_us,
    .is_fixed = is_fixed,
    .hopeless_since_us = -1,
    .met_us = -1,
  };
}

gboolean
floe_ice_state_core_handle_facts (FloeIceStateCore *self, const FloeIceFacts *facts, gint64 now_us)
{
  if (facts->is_closed)
    return set_state (self, CLOSED, "closed");
  if (floe_ice_state_core_is_over (self) || !facts->is_checking)
    return FALSE;

  self->met_us = facts->met_us;
  watch_hope (self, facts, now_us);
  if (self->state == NEW)
    return set_state (self, CHECKING, "both sides' credentials are there");
  if (facts->is_carried && facts->is_alive)
    {
      self->was_connected = TRUE;
      if (facts->is_gathered && facts->is_remote_ended && facts->is_ready)
        return set_state (self, COMPLETED, "all candidates are known and checked");
      /* COMPLETED stays when one more pair is checked afterwards. */
      return self->state != COMPLETED && set_state (self, CONNECTED, "a pair works");
    }
  if (is_connected (self))
    return set_state (self, DISCONNECTED,
                      facts->is_carried ? "no sign of life" : "no pair is left");
  if (has_timed_out (self, now_us))
    return set_state (self, FAILED, "no pair works");
  return FALSE;
}

gint64
floe_ice_state_core_get_deadline (const FloeIceStateCore *self)
{
  return floe_ice_state_core_is_over (self) ? -1 : get_fail_us (self);
}

gboolean
floe_ice_state_core_is_over (const FloeIceStateCore *self)
{
  return self->state == FAILED || self->state == CLOSED;
}
