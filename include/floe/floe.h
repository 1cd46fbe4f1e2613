/* SPDX-License-Identifier: MPL-2.0 */
#pragma once

#include <floe/floe-certificate.h>
#include <floe/floe-configuration.h>
#include <floe/floe-data-channel-init.h>
#include <floe/floe-data-channel-stream.h>
#include <floe/floe-data-channel.h>
#include <floe/floe-enum-types.h>
#include <floe/floe-enums.h>
#include <floe/floe-error.h>
#include <floe/floe-ice-candidate-pair.h>
#include <floe/floe-ice-candidate.h>
#include <floe/floe-ice-server.h>
#include <floe/floe-nat-discovery.h>
#include <floe/floe-nat-enums.h>
#include <floe/floe-nat-report.h>
#include <floe/floe-network.h>
#include <floe/floe-path-event.h>
#include <floe/floe-peer-connection.h>
#include <floe/floe-session-description.h>
#include <floe/floe-turn-credentials.h>
#include <floe/floe-version-macros.h>
#include <floe/floe-version.h>
