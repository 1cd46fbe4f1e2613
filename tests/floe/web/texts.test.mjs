// SPDX-License-Identifier: MPL-2.0
import assert from 'node:assert/strict';
import test from 'node:test';

import { describePrivacy, explain } from '../../../samples/web/texts.js';

test('the page says what each end shows of its addresses', () => {
  assert.match(describePrivacy({ isRelayOnly: true, peer: 'relay-only' }),
               /^Relay only: .*\(relay-only\) shows no address/);
  assert.match(describePrivacy({ isRelayOnly: false, peer: 'open' }),
               /^Not relay only: .*\(open\) shows all addresses/);
  for (const peer of ['open', 'default-route', 'obfuscated', 'no-host', 'relay-only'])
    assert.match(describePrivacy({ isRelayOnly: false, peer }), new RegExp(`\\(${peer}\\) shows `));
});

test('what the other side calls its level is shown only when it is one', () => {
  for (const peer of [null, 'unheard-of', 'toString', '<b>'])
    assert.equal(describePrivacy({ isRelayOnly: false, peer }),
                 describePrivacy({ isRelayOnly: false, peer: null }));
});

test('who is to use relays only and has none is told what to do', () => {
  assert.match(explain({ code: 'no-relay', message: '', fromPeer: false }).text, /--turn/);
});
