/* SPDX-License-Identifier: MPL-2.0 */
/* How the sections of a description relate: identification (RFC 5888), bundle (RFC 8843), and
 * which section or level an attribute of the transport comes from.
 *
 * Layer: jsep. May include: base, sdp. Pure. */
#pragma once

#include <glib.h>

#include "floe-sdp-codec-private.h"

G_BEGIN_DECLS

#define FLOE_JSEP_DEFAULT_SCTP_PORT 5000

/* (nullable): the value of "a=mid". */
const char *floe_jsep_get_mid (const FloeSdp *sdp, guint index);

/* The index of the section with this "a=mid", or -1. */
int floe_jsep_find_mid (const FloeSdp *sdp, const char *mid);

/* Every mid a token of bearable length, and no two alike. */
gboolean floe_jsep_check_mids (const FloeSdp *sdp, GError **error);

/* TRUE for port 0, unless "a=bundle-only" says that this means something else (RFC 8843
 * section 6). */
gboolean floe_jsep_is_rejected (const FloeSdpSection *section);

/* TRUE for a section of the form that was usual before RFC 8841: "DTLS/SCTP" and "a=sctpmap". */
gboolean floe_jsep_is_old_style (const FloeSdpSection *section);

/* TRUE for an open section with data channels, of today's form or the old one. */
gboolean floe_jsep_is_data_section (const FloeSdpSection *section);

/* The index of the first data section, or -1. */
int floe_jsep_find_data (const FloeSdp *sdp);

/* FALSE when the port does not parse; 0 closes the association (RFC 8841 section 5.2). */
gboolean floe_jsep_read_sctp_port (const FloeSdpSection *section, guint16 *port);

/* Where the section at @index gets an attribute of its transport from: itself, else the tagged
 * section of its bundle, else the session. NULL when the attribute is in none of them. */
const FloeSdpSection *floe_jsep_find_holder (const FloeSdp *sdp, guint index,
                                             const char *attribute);

/* The first value of the attribute in the holder, or NULL. */
const char *floe_jsep_get_inherited (const FloeSdp *sdp, guint index, const char *attribute);

/* TRUE when both sections are in one "a=group:BUNDLE". */
gboolean floe_jsep_are_bundled (const FloeSdp *sdp, guint a, guint b);

/* TRUE when what is said of the ICE transport of one section holds for the other's: they are the
 * same, or bundled with the same credentials. */
gboolean floe_jsep_share_transport (const FloeSdp *sdp, guint a, guint b);

G_END_DECLS
