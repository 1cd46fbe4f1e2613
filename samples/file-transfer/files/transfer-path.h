/* SPDX-License-Identifier: MPL-2.0 */
/* The rules for paths and link targets of docs/protocol.md section 4, without a file system. Pure.
 *
 * Layer: samples. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* docs/protocol.md section 4, in bytes and segments. */
#define TRANSFER_PATH_MAX_SIZE 4096
#define TRANSFER_PATH_MAX_SEGMENTS 64
#define TRANSFER_PATH_MAX_SEGMENT_SIZE 255

/* Folders and links of one transfer. Files are counted in the offer; these are not, and a disk has
 * only so many inodes. */
#define TRANSFER_MAX_FOLDERS_AND_LINKS 1000000

/* Whether @name is valid UTF-8, not empty, not "." or "..", has no slash, and is not too long. */
gboolean transfer_path_is_segment (const char *name);

/* (transfer full) (nullable): the segments of @path, at least one; NULL with
 * G_IO_ERROR_INVALID_FILENAME when it breaks the rules. */
GStrv transfer_path_split (const char *path, GError **error);

/* (transfer full): @segment, which is_segment(), with '_' for what a terminal or a file manager
 * acts upon, and for a leading dot if it @is_first in its path: nobody plants a hidden file at the
 * top. It is a segment still. */
char *transfer_path_make_safe (const char *segment, gboolean is_first);

/* Whether a link with @folder_count folders between it and the topmost folder stays within that one
 * when it points to @target: relative, ".." only at the beginning and at most @folder_count times.
 * It has to be valid UTF-8 and of at most TRANSFER_PATH_MAX_SIZE bytes, too. */
gboolean transfer_path_is_inside (const char *target, guint folder_count);

/* (transfer full): @target, which is_inside(), with its names made safe as those that it names. */
char *transfer_path_make_target_safe (const char *target);

/* (transfer full): @name with @number, "a (1)", before its extension if @has_extension: "a
 * (1).txt". What was a segment is one: the part before the number is cut where there is no room for
 * it. */
char *transfer_path_number (const char *name, guint number, gboolean has_extension);

G_END_DECLS
