/* SPDX-License-Identifier: MPL-2.0 */
/* What two peers say to each other while they connect, as JSON objects:
 *
 *   {"type":"offer"|"answer","sdp":"..."}
 *   {"candidate":"...","sdpMid":"0","sdpMLineIndex":0,"usernameFragment":"..."}  empty: no more
 *
 * in the form that toJSON() gives them in a browser.
 *
 * Layer: samples. Knows nothing about how the text travels. */
#pragma once

#include <floe/floe.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a frame or a description may take, in bytes. */
#define FLOE_SIGNALING_MAX_SIZE (64 * 1024)

typedef enum
{
  FLOE_SIGNALING_MESSAGE_DESCRIPTION,
  FLOE_SIGNALING_MESSAGE_CANDIDATE,
} FloeSignalingMessageKind;

typedef struct
{
  FloeSignalingMessageKind kind;
  FloeSessionDescription *description; /* (owned) (nullable): with DESCRIPTION */
  FloeIceCandidate *candidate;         /* (owned) (nullable): with CANDIDATE */
} FloeSignalingMessage;

void floe_signaling_message_clear (FloeSignalingMessage *self);

/* Fills @message from @object, or returns FALSE with FLOE_ERROR_SYNTAX or what the library says
 * about the candidate, and leaves @message alone. */
gboolean floe_signaling_message_read (JsonObject *object, FloeSignalingMessage *message,
                                      GError **error);

/* (transfer full). */
JsonObject *floe_signaling_message_write_description (FloeSessionDescription *description);

/* (transfer full): @candidate NULL is "no more". */
JsonObject *floe_signaling_message_write_candidate (FloeIceCandidate *candidate);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FloeSignalingMessage, floe_signaling_message_clear)

G_END_DECLS
