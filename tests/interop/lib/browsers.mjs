// SPDX-License-Identifier: MPL-2.0
// How puppeteer starts the browsers of Debian 12, as root and inside namespaces.

export const browsers = {
  chromium: {
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
  },
  firefox: {
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
  },
};
