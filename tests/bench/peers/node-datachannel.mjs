// SPDX-License-Identifier: MPL-2.0
// node-datachannel, libdatachannel for Node.js, as a peer of the benchmark, by its own API. See
// ../README.md.

import { BenchPeer } from './bench-peer.mjs';
import { bufferLimit, emit, importPackage, packageVersion, pause, readCommands } from './lines.mjs';

const limit = bufferLimit();
const { default: library } = await importPackage('node-datachannel');

/* An end (bench-peer.mjs). Offers and answers are made by the library, when there is a reason. What
 * its callbacks throw ends the process, so they say it themselves. */
class NativeEnd {
  constructor(hooks) {
    this.hooks = hooks;
    this.channel = null;
    this.isOver = false;
    this.isDescribed = false;
    this.isOfferer = false;
    this.early = []; // candidates of the other side that wait for its description
    this.held = []; // candidates of ours that wait for the answer
    this.stopWaiting = null;
    this.connection = new library.PeerConnection('bench', { iceServers: [] });
    this.connection.onLocalDescription(this.guard((sdp, type) => hooks.signal({ type, sdp })));
    this.connection.onLocalCandidate(this.guard((candidate, mid) => this.tellCandidate({
      candidate: candidate.replace(/^a=/, ''), mid, index: 0 })));
    this.connection.onDataChannel(this.guard((channel) => this.adopt(channel)));
    this.connection.onStateChange(this.guard((state) => {
      if (state === 'failed')
        throw new Error('the connection failed');
    }));
  }

  guard(callback) {
    return (...values) => {
      try {
        callback(...values);
      } catch (error) {
        this.fail(error);
      }
    };
  }

  fail(error) {
    if (!this.isOver)
      this.hooks.failed(error);
  }

  /* Ours or the other side's doing; a send after it throws. */
  end() {
    this.isOver = true;
    this.stopWaiting?.();
    this.hooks.closed();
  }

  adopt(channel) {
    this.channel = channel;
    let isTold = false;
    const tell = () => {
      if (!isTold)
        this.hooks.opened();
      isTold = true;
    };
    channel.onMessage(this.guard((data) => this.hooks.take(data)));
    channel.onBufferedAmountLow(() => this.stopWaiting?.());
    channel.onError((message) => this.fail(new Error(message)));
    channel.onClosed(() => this.end());
    channel.onOpen(tell);
    if (channel.isOpen())
      tell();
  }

  /* With libdatachannel 0.24.5 a handshake that begins in the moment in which an answer is taken can
   * fail with "unknown CA", as if its fingerprint were not noted yet: 1 connection in 80 to 300 on a
   * busy machine. It can't begin while the answerer does not know where to send its checks. */
  tellCandidate(message) {
    if (this.isOfferer && !this.isDescribed)
      this.held.push(message);
    else
      this.hooks.signal(message);
  }

  offer() {
    this.isOfferer = true;
    this.adopt(this.connection.createDataChannel('bench'));
  }

  describe({ type, sdp }) {
    this.connection.setRemoteDescription(sdp, type);
    this.isDescribed = true;
    for (const candidate of this.early.splice(0))
      this.candidate(candidate);
    for (const candidate of this.held.splice(0))
      this.hooks.signal(candidate);
  }

  candidate(message) {
    if (this.isDescribed)
      this.connection.addRemoteCandidate(message.candidate, message.mid);
    else
      this.early.push(message);
  }

  send(data) {
    this.channel.sendMessageBinary(data);
  }

  buffered() {
    return this.channel.bufferedAmount();
  }

  async drained(threshold) {
    this.channel.setBufferedAmountLowThreshold(threshold);
    await new Promise((resolve) => {
      this.stopWaiting = resolve;
      if (!this.channel.isOpen() || this.channel.bufferedAmount() <= threshold)
        resolve();
    });
    this.stopWaiting = null;
  }

  close() {
    this.isOver = true;
    this.channel?.close();
    this.connection.close();
  }
}

const peer = new BenchPeer({ makeEnd: (hooks) => new NativeEnd(hooks), emit, limit, pause });
readCommands((message) => peer.handle(message));
const version = `${packageVersion('node-datachannel')} (libdatachannel `
  + `${library.getLibraryVersion()}, Node.js ${process.versions.node})`;
emit({ ev: 'ready', stack: 'node-datachannel', version, modes: ['one', 'two'] });
