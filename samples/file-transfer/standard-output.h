/* SPDX-License-Identifier: MPL-2.0 */
/* Standard output, for what is received: who reads it may be slow, which slows the sender down, or
 * may stand still, which must not keep a signal from ending the program.
 *
 * Layer: samples. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _StandardOutput StandardOutput;

/* (transfer full): in the thread of the default context. */
StandardOutput *standard_output_new (void);
void standard_output_free (StandardOutput *self);

/* Writes all of it, and waits for who reads. FALSE with G_IO_ERROR_CANCELLED when it had to wait
 * after one of SIGINT, SIGTERM and SIGHUP came, whose sources in the default context are due then;
 * with another error of G_IO_ERROR when nobody reads any more. */
gboolean standard_output_write (StandardOutput *self, const guint8 *data, gsize size,
                                GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (StandardOutput, standard_output_free)

G_END_DECLS
