// SPDX-License-Identifier: MPL-2.0
// An end (bench-peer.mjs) over the API of the W3C, of whatever RTCPeerConnection it is given.

const POLL_MS = 1;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class W3cEnd {
  constructor(RTCPeerConnection, hooks) {
    this.hooks = hooks;
    this.channel = null;
    this.early = [];
    this.queue = Promise.resolve();
    this.isOver = false;
    this.stopWaiting = null;
    this.connection = new RTCPeerConnection({ iceServers: [] });
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate)
        hooks.signal({ candidate: candidate.candidate, mid: candidate.sdpMid,
                       index: candidate.sdpMLineIndex });
    };
    this.connection.ondatachannel = ({ channel }) => this.adopt(channel);
    this.connection.onconnectionstatechange = () => {
      if (this.connection.connectionState === 'failed')
        this.fail(new Error('the connection failed'));
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
    channel.binaryType = 'arraybuffer';
    channel.onmessage = ({ data }) => this.hooks.take(data);
    channel.onclose = () => this.end();
    let isTold = false;
    const tell = () => {
      if (!isTold)
        this.hooks.opened();
      isTold = true;
    };
    channel.onopen = tell;
    if (channel.readyState === 'open')
      tell();
  }

  /* One step at a time, in order: webrtc-pc has candidates wait for the description. */
  chain(step) {
    this.queue = this.queue.then(step).catch((error) => this.fail(error));
  }

  async tellLocal(description) {
    await this.connection.setLocalDescription(description);
    const { type, sdp } = this.connection.localDescription;
    this.hooks.signal({ type, sdp });
  }

  offer() {
    this.adopt(this.connection.createDataChannel('bench'));
    this.chain(async () => this.tellLocal(await this.connection.createOffer()));
  }

  describe(description) {
    this.chain(async () => {
      await this.connection.setRemoteDescription(description);
      if (description.type === 'offer')
        await this.tellLocal(await this.connection.createAnswer());
      for (const candidate of this.early.splice(0))
        await this.connection.addIceCandidate(candidate);
    });
  }

  candidate({ candidate, mid, index }) {
    const init = { candidate, sdpMid: mid, sdpMLineIndex: index };
    this.chain(() => {
      if (this.connection.remoteDescription)
        return this.connection.addIceCandidate(init);
      return this.early.push(init);
    });
  }

  send(data) {
    this.channel.send(data);
  }

  buffered() {
    return this.channel.bufferedAmount;
  }

  /* Not every stack has the event; without it a sender has to look, as its users do. */
  async drained(threshold) {
    const { channel } = this;
    if (!('bufferedAmountLowThreshold' in channel)) {
      while (channel.readyState === 'open' && channel.bufferedAmount > threshold)
        await later(POLL_MS);
      return;
    }
    channel.bufferedAmountLowThreshold = threshold;
    await new Promise((resolve) => {
      channel.onbufferedamountlow = resolve;
      this.stopWaiting = resolve;
      if (channel.bufferedAmount <= threshold)
        resolve();
    });
    this.stopWaiting = null;
  }

  close() {
    this.isOver = true;
    this.connection.close();
  }
}
