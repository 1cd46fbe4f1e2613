// SPDX-License-Identifier: MPL-2.0
// Chromium as a peer for scripts. See ../README.md for the protocol.

import { runBrowserPeer } from './browser.mjs';

await runBrowserPeer('chromium', {
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox', // its sandbox does not start as root or inside a user namespace
    '--disable-gpu',
    '--disable-quic',
    '--disable-dev-shm-usage',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
