/* SPDX-License-Identifier: MPL-2.0 */
#include "ice-peer.h"
