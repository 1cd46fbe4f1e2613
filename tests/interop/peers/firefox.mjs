// SPDX-License-Identifier: MPL-2.0
// Firefox as a peer for scripts. See ../README.md for the protocol.

import { runBrowserPeer } from './browser.mjs';

await runBrowserPeer('firefox', {
  browser: 'firefox',
  executablePath: '/usr/bin/firefox-esr',
  env: { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: '1' }, // for root and user namespaces
  extraPrefsFirefox: {
    'media.peerconnection.enabled': true,
    'media.peerconnection.ice.proxy_only': false,
    'media.gmp-manager.updateEnabled': false, // no codec downloads
    'network.proxy.type': 0,
    'network.captive-portal-service.enabled': false,
    'network.connectivity-service.enabled': false,
  },
});
