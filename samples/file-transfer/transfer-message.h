/* SPDX-License-Identifier: MPL-2.0 */
/* The text messages of a transfer, as JSON objects. On a reliable, ordered channel
 *
 *   sender:    {"type":"file","name":"...","size":N}   then N bytes in binary messages, then
 *              {"type":"end","sha256":"..."}
 *   receiver:  {"type":"received","sha256":"..."}
 *   either:    {"type":"error","code":"...","message":"..."}   and the transfer is over
 *
 * Layer: samples. Pure: no channel, no file. */
#pragma once

#include <glib.h>

#include "exit-status.h"

G_BEGIN_DECLS

#define TRANSFER_CHANNEL_LABEL "floe-file"
#define TRANSFER_CHANNEL_PROTOCOL "floe.file.1"

/* What JSON numbers hold exactly (RFC 8259 section 6). */
#define TRANSFER_MAX_SIZE ((G_GINT64_CONSTANT (1) << 53) - 1)

/* Two digits a byte of SHA-256. */
#define TRANSFER_SHA256_DIGITS 64

typedef enum
{
  TRANSFER_MESSAGE_FILE,
  TRANSFER_MESSAGE_END,
  TRANSFER_MESSAGE_RECEIVED,
  TRANSFER_MESSAGE_ERROR,
} TransferMessageKind;

typedef struct
{
  TransferMessageKind kind;
  guint64 size;      /* with FILE, in bytes */
  char *name;        /* (owned) (nullable): with FILE, as it came */
  char *sha256;      /* (owned) (nullable): with END and RECEIVED, lower case */
  char *message;     /* (owned) (nullable): with ERROR, fit for a terminal */
  ExitStatus status; /* with ERROR: INTEGRITY, or FAILED for all else */
} TransferMessage;

void transfer_message_clear (TransferMessage *self);

/* Fills @out, or returns FALSE with FLOE_ERROR_SYNTAX and leaves it alone. */
gboolean transfer_message_read (const char *text, TransferMessage *out, GError **error);

/* (transfer full): one of the four. */
char *transfer_message_write_file (const char *name, guint64 size);
char *transfer_message_write_end (const char *sha256);
char *transfer_message_write_received (const char *sha256);
char *transfer_message_write_error (ExitStatus status, const char *message);

/* The word for @status, as in error messages and events. */
const char *transfer_status_code (ExitStatus status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TransferMessage, transfer_message_clear)

G_END_DECLS
