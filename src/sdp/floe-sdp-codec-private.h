/* SPDX-License-Identifier: MPL-2.0 */
/* Session descriptions (RFC 8866) as lines in sections: the session's, then one for each "m=".
 *
 * Nothing is lost: lines that we do not know are kept and written again, in their order. Line ends
 * may be CRLF or LF, empty lines are skipped, and the order of lines inside a section is free.
 * What attributes mean is the business of jsep.
 *
 * Layer: sdp. May include: base. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define FLOE_SDP_MAX_SIZE (256 * 1024) /* bytes */
#define FLOE_SDP_MAX_LINES 4096
#define FLOE_SDP_MAX_MEDIA 64

typedef struct
{
  char *media; /* (owned) (nullable): NULL in the session's section, as the next three */
  guint16 port;
  guint16 port_count; /* "<port>/<count>"; 1 when not written */
  char *protocol;     /* (owned) (nullable) */
  char **formats;     /* (owned) (nullable): at least one */
  GPtrArray *lines;   /* (owned) (element-type utf8): "a=mid:0", all but the "m=" line */
} FloeSdpSection;

typedef struct
{
  FloeSdpSection *session; /* (owned) */
  GPtrArray *media;        /* (owned) (element-type FloeSdpSection) */
} FloeSdp;

FloeSdp *floe_sdp_new (void);
FloeSdp *floe_sdp_copy (const FloeSdp *self);
void floe_sdp_free (FloeSdp *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloeSdp, floe_sdp_free)

/* Returns: (transfer full) (nullable): NULL with %FLOE_ERROR_SDP_SYNTAX_ERROR, which names the
 * line. Asked for: UTF-8, "v=0" first, "o=" and "s=" in the session, every line "x=…", well-formed
 * "m=". */
FloeSdp *floe_sdp_parse (const char *text, GError **error);

/* Returns: (transfer full): lines with CRLF. */
char *floe_sdp_serialize (const FloeSdp *self);

/* Returns: (transfer none): a new last section. */
FloeSdpSection *floe_sdp_add_media (FloeSdp *self, const char *media, guint16 port,
                                    const char *protocol, const char *format);

static inline FloeSdpSection *
floe_sdp_get_media (const FloeSdp *self, guint index)
{
  return (FloeSdpSection *) g_ptr_array_index (self->media, index);
}

/* Adds a line, given without its end. */
void floe_sdp_section_add (FloeSdpSection *section, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* Removes the lines of a type ("c"), or with @attribute those of one attribute (type "a"). */
void floe_sdp_section_remove (FloeSdpSection *section, char type, const char *attribute);

/* The value of the first attribute of that name: "" for one without value, NULL when absent. */
const char *floe_sdp_section_get_attribute (const FloeSdpSection *section, const char *name);

/* The same, one after the other: *@position is 0 at first. */
const char *floe_sdp_section_next_attribute (const FloeSdpSection *section, const char *name,
                                             guint *position);

G_END_DECLS
