/* SPDX-License-Identifier: MPL-2.0 */
/* Asks a STUN server from fresh sockets which ports the NAT gives to new mappings. The questions
 * leave inside the calls, so that the caller can put packets of its own between them.
 *
 * Layer: traverse. Network thread only. */
#pragma once

#include <gio/gio.h>

#include "floe-stun-address-private.h"

G_BEGIN_DECLS

#define FLOE_PORT_SAMPLER_MAX 3 /* questions a round */

typedef struct _FloePortSampler FloePortSampler;

/* From the main loop; none may free the sampler. */
typedef struct
{
  /* The first server's address is known: begin() may be called. Comes once, or never. */
  void (*ready) (gpointer user_data);
  /* How the server has seen question @index; once each. @mapped (nullable): no answer, or none in
   * time. begin() may be called in it. */
  void (*sampled) (guint index, const FloeStunAddress *mapped, gpointer user_data);
} FloePortSamplerEvents;

/* @stun_servers (element-type FloeIceUri): copied; those over UDP are used. @events is static. NULL
 * when there is none. */
FloePortSampler *floe_port_sampler_new (GMainContext *context, const GArray *stun_servers,
                                        const FloePortSamplerEvents *events, gpointer user_data);
void floe_port_sampler_free (FloePortSampler *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePortSampler, floe_port_sampler_free)

gboolean floe_port_sampler_is_ready (const FloePortSampler *self);

/* A new round: opens sockets that are bound to @local, IPv4. @turn: each asks the next server.
 * Questions of the round before are forgotten. FALSE when there is no way from there. */
gboolean floe_port_sampler_begin (FloePortSampler *self, const char *local, guint turn);
void floe_port_sampler_ask (FloePortSampler *self, guint index);

/* (transfer full) (nullable): the address that the routes send from to the server. */
char *floe_port_sampler_find_local (const FloePortSampler *self);

G_END_DECLS
