// SPDX-License-Identifier: MPL-2.0
// Firefox as a peer for scripts. See ../README.md for the protocol.

import { browsers } from '../lib/browsers.mjs';
import { runBrowserPeer } from './browser.mjs';

await runBrowserPeer('firefox', browsers.firefox);
