/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-enums.h>
#include <floe/floe-ice-candidate-pair.h>
#include <floe/floe-version-macros.h>

G_BEGIN_DECLS

#define FLOE_TYPE_PATH_EVENT (floe_path_event_get_type ())

typedef struct _FloePathEvent FloePathEvent;

FLOE_AVAILABLE_IN_1_0
GType floe_path_event_get_type (void) G_GNUC_CONST;

FLOE_AVAILABLE_IN_1_0
FloePathEvent *floe_path_event_ref (FloePathEvent *self);

FLOE_AVAILABLE_IN_1_0
void floe_path_event_unref (FloePathEvent *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidatePair *floe_path_event_get_from (const FloePathEvent *self);

FLOE_AVAILABLE_IN_1_0
FloeIceCandidatePair *floe_path_event_get_to (const FloePathEvent *self);

FLOE_AVAILABLE_IN_1_0
FloePathReason floe_path_event_get_reason (const FloePathEvent *self);

FLOE_AVAILABLE_IN_1_0
guint64 floe_path_event_get_milliseconds (const FloePathEvent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FloePathEvent, floe_path_event_unref)

G_END_DECLS
