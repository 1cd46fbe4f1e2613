/* SPDX-License-Identifier: MPL-2.0 */
/* What two ends say to each other over the data channel (docs/protocol.md sections 3 and 4), one
 * JSON object a message.
 *
 * What is read was checked for form and bounds: numbers are 0 to 2^53 - 1, texts are UTF-8, hashes
 * are hexadecimal digits. Whether a message makes sense at the time is up to who reads it, and so
 * are paths.
 *
 * Layer: samples. Pure: no socket, no clock. */
#pragma once

#include <glib.h>

#include "exit-status.h"
#include "floe-proof.h"

G_BEGIN_DECLS

#define TRANSFER_CHANNEL_LABEL "floe"
#define TRANSFER_CHANNEL_PROTOCOL "floe-transfer.1"
#define TRANSFER_VERSION 1

/* In bytes. */
#define TRANSFER_MAX_TEXT_SIZE (64 * 1024)
#define TRANSFER_MAX_PATH_SIZE 4096
#define TRANSFER_HASH_DIGITS 64

#define TRANSFER_MAX_NUMBER ((G_GINT64_CONSTANT (1) << 53) - 1)

typedef enum
{
  TRANSFER_MESSAGE_UNKNOWN, /* to be ignored */
  TRANSFER_MESSAGE_HELLO,
  TRANSFER_MESSAGE_PROOF,
  TRANSFER_MESSAGE_ERROR,
  TRANSFER_MESSAGE_OFFER,
  TRANSFER_MESSAGE_ACCEPT,
  TRANSFER_MESSAGE_REFUSE,
  TRANSFER_MESSAGE_FOLDER,
  TRANSFER_MESSAGE_FILE,
  TRANSFER_MESSAGE_END,
  TRANSFER_MESSAGE_LINK,
  TRANSFER_MESSAGE_SKIP,
  TRANSFER_MESSAGE_STORED,
  TRANSFER_MESSAGE_DONE,
} TransferMessageKind;

typedef enum
{
  TRANSFER_ERROR_FAILED, /* and codes that are not known */
  TRANSFER_ERROR_PROTOCOL,
  TRANSFER_ERROR_AUTHENTICATION,
  TRANSFER_ERROR_INTEGRITY,
  TRANSFER_ERROR_FILE,
  TRANSFER_ERROR_TIMEOUT,
  TRANSFER_ERROR_INTERRUPTED,
} TransferErrorCode;

typedef enum
{
  TRANSFER_ITEM_FILE,
  TRANSFER_ITEM_FOLDER,
  TRANSFER_ITEM_LINK,
} TransferItemKind;

/* One of the topmost entries of an offer. */
typedef struct
{
  char *name;
  TransferItemKind kind;
  guint files; /* with FOLDER: in it */
  gint64 size; /* -1: not known */
} TransferItem;

typedef struct
{
  gint64 version; /* what follows is filled in with TRANSFER_VERSION only */
  FloeProofRole role;
  guint8 nonce[FLOE_PROOF_NONCE_SIZE];
} TransferHello;

typedef struct
{
  TransferErrorCode code;
  char *message; /* (owned) */
} TransferError;

typedef struct
{
  guint files;
  gint64 bytes;     /* -1: not known */
  GPtrArray *items; /* (owned): of TransferItem */
  guint more;       /* items that are not listed */
} TransferOffer;

/* FOLDER, FILE and LINK. */
typedef struct
{
  char *path;      /* (owned) */
  char *target;    /* (owned) (nullable): with LINK */
  guint index;     /* with FILE */
  gint64 size;     /* with FILE: -1: not known */
  guint mode;      /* the lower nine permission bits; G_MAXUINT: none */
  gint64 mtime_ms; /* since 1970; -1: none */
} TransferEntry;

typedef struct
{
  guint index;
  gboolean is_skipped; /* then there is nothing else */
  gint64 bytes;
  char sha256[TRANSFER_HASH_DIGITS + 1];
} TransferEnd;

typedef struct
{
  guint files;
  gint64 bytes;
} TransferDone;

typedef struct
{
  TransferMessageKind kind;
  union
  {
    TransferHello hello;
    char mac[TRANSFER_HASH_DIGITS + 1]; /* PROOF */
    TransferError error;
    TransferOffer offer;
    char *reason;        /* (owned): REFUSE */
    TransferEntry entry; /* FOLDER, FILE, LINK */
    TransferEnd end;
    guint index; /* SKIP, STORED */
    TransferDone done;
  };
} TransferMessage;

void transfer_message_clear (TransferMessage *self);

/* Fills @out from @text, or returns FALSE with FLOE_ERROR_SYNTAX and leaves @out alone. */
gboolean transfer_message_read (const char *text, TransferMessage *out, GError **error);

/* All (transfer full), and of at most TRANSFER_MAX_TEXT_SIZE bytes. */
char *transfer_message_write_hello (FloeProofRole role, const guint8 nonce[FLOE_PROOF_NONCE_SIZE],
                                    FloePrivacyLevel privacy);
char *transfer_message_write_proof (const char *mac);
char *transfer_message_write_error (TransferErrorCode code, const char *message);

/* @items (array of @count): those that do not fit are counted only. @bytes -1: not known. */
char *transfer_message_write_offer (guint files, gint64 bytes, const TransferItem *items,
                                    guint count);
char *transfer_message_write_accept (void);
char *transfer_message_write_refuse (const char *reason);
char *transfer_message_write_folder (const TransferEntry *entry);
char *transfer_message_write_file (const TransferEntry *entry);
char *transfer_message_write_link (const TransferEntry *entry);
char *transfer_message_write_end (const TransferEnd *end);
char *transfer_message_write_skip (guint index);
char *transfer_message_write_stored (guint index);
char *transfer_message_write_done (const TransferDone *done);

/* (transfer full): what to tell a person when the other side said @error. */
char *transfer_error_to_text (const TransferError *error);

/* The word for @code, as in messages. */
const char *transfer_error_code_to_string (TransferErrorCode code);

/* What a program ends with whose other side says @code, and what to say to the other side about an
 * end with @status. */
ExitStatus transfer_error_code_to_status (TransferErrorCode code);
TransferErrorCode transfer_error_code_from_status (ExitStatus status);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TransferMessage, transfer_message_clear)

G_END_DECLS
