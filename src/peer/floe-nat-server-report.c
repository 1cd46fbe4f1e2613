/* SPDX-License-Identifier: MPL-2.0 */
#include "floe-nat-report-private.h"

#include "floe-inet-convert-private.h"

/**
 * FloeNatServerReport:
 *
 * What came of one server that was asked about the network. Immutable; may be shared between
 * threads.
 *
 * Since: 1.0
 */
struct _FloeNatServerReport
{
  char *url;     /* (owned) */
  char *address; /* (owned) (nullable) */
  FloeNatFault fault;
  gint64 rtt_us; /* -1: not known */
};

G_DEFINE_BOXED_TYPE (FloeNatServerReport, floe_nat_server_report, floe_nat_server_report_ref,
                     floe_nat_server_report_unref)

FloeNatServerReport *
floe_nat_server_report_new (const FloeNatServerRecord *record)
{
  FloeNatServerReport *self = g_atomic_rc_box_new0 (FloeNatServerReport);

  self->url = g_strdup (record->url);
  if (record->address.size > 0)
    self->address = floe_stun_address_to_text_with_port (&record->address);
  self->fault = record->fault;
  self->rtt_us = record->rtt_us;
  return self;
}

static void
clear_server (gpointer data)
{
  FloeNatServerReport *self = data;

  g_free (self->url);
  g_free (self->address);
}

/**
 * floe_nat_server_report_ref:
 * @self: what came of a server
 *
 * A further reference. May be called in any thread.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
FloeNatServerReport *
floe_nat_server_report_ref (FloeNatServerReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

/**
 * floe_nat_server_report_unref:
 * @self: (transfer full): what came of a server
 *
 * Gives a reference back; the last one frees @self. May be called in any thread.
 *
 * Since: 1.0
 */
void
floe_nat_server_report_unref (FloeNatServerReport *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear_server);
}

/**
 * floe_nat_server_report_get_url:
 * @self: what came of a server
 *
 * The URL of the server as the configuration has it. May be called in any thread.
 *
 * Returns: (transfer none): the URL
 *
 * Since: 1.0
 */
const char *
floe_nat_server_report_get_url (const FloeNatServerReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->url;
}

/**
 * floe_nat_server_report_get_address:
 * @self: what came of a server
 *
 * The address and port that were asked, such as `192.0.2.1:3478` or `[2001:db8::1]:3478`. May be
 * called in any thread.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL when the server has none of the
 * report's family
 *
 * Since: 1.0
 */
const char *
floe_nat_server_report_get_address (const FloeNatServerReport *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->address;
}

/**
 * floe_nat_server_report_get_fault:
 * @self: what came of a server
 *
 * What is wrong with the server; what it says does not count then. May be called in any thread.
 *
 * Returns: the fault, or %FLOE_NAT_FAULT_NONE
 *
 * Since: 1.0
 */
FloeNatFault
floe_nat_server_report_get_fault (const FloeNatServerReport *self)
{
  g_return_val_if_fail (self != NULL, FLOE_NAT_FAULT_NONE);

  return self->fault;
}

/**
 * floe_nat_server_report_get_round_trip_time:
 * @self: what came of a server
 *
 * How long the server's first answer took. Over TCP and TLS that is from when the connection was
 * open. May be called in any thread.
 *
 * Returns: microseconds, or -1 when there was no answer, or it can't be told which request it
 * answered
 *
 * Since: 1.0
 */
gint64
floe_nat_server_report_get_round_trip_time (const FloeNatServerReport *self)
{
  g_return_val_if_fail (self != NULL, -1);

  return self->rtt_us;
}
