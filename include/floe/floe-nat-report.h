/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <gio/gio.h>

#include <floe/floe-nat-enums.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_NAT_REPORT (floe_nat_report_get_type ())
#define FLOE_TYPE_NAT_SERVER_REPORT (floe_nat_server_report_get_type ())

typedef struct _FloeNatReport FloeNatReport;
typedef struct _FloeNatServerReport FloeNatServerReport;

FLOE_AVAILABLE_IN_1_0
GType floe_nat_report_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeNatReport *floe_nat_report_ref (FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
void floe_nat_report_unref (FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_report_get_interface (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
GSocketFamily floe_nat_report_get_family (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_report_get_base_address (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
const char *const *floe_nat_report_get_external_addresses (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_udp (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_udp_limited (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_tcp (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_tls (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_report_get_proxy (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_translation (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_nat_report_get_mapping (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatBehaviour floe_nat_report_get_filtering (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAllocation floe_nat_report_get_allocation (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
guint floe_nat_report_get_allocation_step (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
guint floe_nat_report_get_block_size (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_hairpin (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_carrier (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_poisoning (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatAnswer floe_nat_report_get_rewriting (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
guint floe_nat_report_get_lifetime (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatType floe_nat_report_get_nat_type (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatConfidence floe_nat_report_get_confidence (const FloeNatReport *self, FloeNatAspect aspect);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_report_get_evidence (const FloeNatReport *self, FloeNatAspect aspect);

FLOE_AVAILABLE_IN_1_0
GPtrArray *floe_nat_report_get_servers (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
gboolean floe_nat_report_is_complete (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
guint floe_nat_report_get_duration (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_nat_report_get_time (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
guint floe_nat_report_get_packet_count (const FloeNatReport *self);

FLOE_AVAILABLE_IN_1_0
GType floe_nat_server_report_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloeNatServerReport *floe_nat_server_report_ref (FloeNatServerReport *self);

FLOE_AVAILABLE_IN_1_0
void floe_nat_server_report_unref (FloeNatServerReport *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_server_report_get_url (const FloeNatServerReport *self);

FLOE_AVAILABLE_IN_1_0
const char *floe_nat_server_report_get_address (const FloeNatServerReport *self);

FLOE_AVAILABLE_IN_1_0
FloeNatFault floe_nat_server_report_get_fault (const FloeNatServerReport *self);

FLOE_AVAILABLE_IN_1_0
gint64 floe_nat_server_report_get_round_trip_time (const FloeNatServerReport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatReport, floe_nat_report_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeNatServerReport, floe_nat_server_report_unref)

G_END_DECLS
