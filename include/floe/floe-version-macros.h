/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <glib-object.h>

/* The library is built with hidden visibility: what carries one of these is the whole API. */
#define _FLOE_PUBLIC __attribute__ ((visibility ("default"))) extern
#define FLOE_AVAILABLE_IN_ALL _FLOE_PUBLIC
#define FLOE_AVAILABLE_IN_1_0 _FLOE_PUBLIC
