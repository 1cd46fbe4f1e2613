// SPDX-License-Identifier: MPL-2.0
// The commands of the benchmark on whatever a stack calls a connection: sending, counting, pinging.
// Runs in Node.js and in a page. Does not know any stack: each gives an "end" of a connection with
//
//   offer ()                    makes the channel and the offer
//   describe ({ type, sdp })    takes the other side's description, answers an offer
//   candidate ({ candidate, mid, index })
//   send (bytes)                hands over a message
//   buffered ()                 bytes that were handed over and have not left
//   drained (threshold)         resolves when no more than that are buffered
//   close ()
//
// and calls what it was made with: signal (message), opened (), take (bytes), failed (error),
// closed ().

const SLICE_US = 4000; // how long a sender may keep the thread, on which others receive

const nowUs = () => performance.now() * 1000;

class Receiver {
  constructor(report) {
    this.report = report;
    this.isEcho = false;
    this.reset();
  }

  reset() {
    this.messages = 0;
    this.bytes = 0;
    this.firstUs = 0;
    this.lastUs = 0;
    this.expected = Infinity;
  }

  take(end, data) {
    this.lastUs = nowUs();
    if (this.messages === 0)
      this.firstUs = this.lastUs;
    this.messages++;
    this.bytes += data.byteLength;
    if (this.isEcho)
      end.send(data);
    if (this.messages >= this.expected)
      this.tell();
  }

  expect(messages) {
    this.expected = messages;
    if (this.messages >= messages)
      this.tell();
  }

  tell() {
    this.expected = Infinity;
    this.report({ messages: this.messages, bytes: this.bytes, first_us: Math.round(this.firstUs),
                  last_us: Math.round(this.lastUs) });
  }
}

/* How many more messages may be handed over: one always goes into an empty buffer. */
function roomFor(size, limit, buffered) {
  return Math.max(Math.floor((limit - buffered) / size), buffered === 0 ? 1 : 0);
}

/* The buffer is asked only when it might be full: what has left since makes only more room. */
async function sendFor(end, { size, seconds }, limit, pause) {
  const data = new Uint8Array(size);
  const threshold = Math.max(0, Math.min(limit / 2, limit - size));
  const untilUs = nowUs() + seconds * 1e6;
  let sliceUs = nowUs() + SLICE_US;
  let messages = 0;
  let room = 0;
  for (let time = nowUs(); time < untilUs; time = nowUs()) {
    if (room === 0)
      room = roomFor(size, limit, end.buffered());
    if (room === 0 || time >= sliceUs) {
      await (room === 0 ? end.drained(threshold) : pause());
      sliceUs = nowUs() + SLICE_US;
      room = 0;
      continue;
    }
    end.send(data);
    messages++;
    room--;
  }
  return messages;
}

/* One connection: the near end, and the far one too where both are in this process. */
class Session {
  constructor(id, peer) {
    this.id = id;
    this.peer = peer;
    this.near = null;
    this.far = null;
    this.awaitedOpens = 1;
    this.takePong = null;
    this.isClosed = false;
    this.receiver = new Receiver((counts) => this.emit({ ev: 'received', ...counts }));
  }

  emit(event) {
    this.peer.emit({ ...event, id: this.id });
  }

  fail(error) {
    if (!this.isClosed)
      this.emit({ ev: 'error', message: error.message ?? String(error) });
  }

  makeEnd(signal, take) {
    const end = this.peer.makeEnd({
      signal,
      take: (data) => take(end, data),
      opened: () => {
        if (--this.awaitedOpens === 0)
          this.emit({ ev: 'open' });
      },
      failed: (error) => this.fail(error),
      closed: () => {
        if (this.takePong)
          this.fail(new Error('the channel closed under the pings'));
      },
    });
    return end;
  }

  takeNear(end, data) {
    if (this.takePong)
      this.takePong();
    else
      this.receiver.take(end, data);
  }

  openNear() {
    const signal = (message) => this.emit(message.type ? { ev: 'description', ...message }
      : { ev: 'candidate', ...message });
    this.near ??= this.makeEnd(signal, (end, data) => this.takeNear(end, data));
    return this.near;
  }

  pair() {
    const passTo = (other) => (message) =>
      (message.type ? other().describe(message) : other().candidate(message));
    this.awaitedOpens = 2;
    this.near = this.makeEnd(passTo(() => this.far), (end, data) => this.takeNear(end, data));
    this.far = this.makeEnd(passTo(() => this.near), (end, data) => this.receiver.take(end, data));
    this.near.offer();
  }

  async send(command) {
    const { limit, pause } = this.peer;
    this.emit({ ev: 'sent', messages: await sendFor(this.near, command, limit, pause) });
  }

  ping({ size, count }) {
    const us = [];
    const data = new Uint8Array(size);
    let sentUs = 0;
    const next = () => {
      sentUs = nowUs();
      this.near.send(data);
    };
    this.takePong = () => {
      us.push(Math.round((nowUs() - sentUs) * 10) / 10);
      if (us.length < count)
        return next();
      this.takePong = null;
      this.emit({ ev: 'rtt', us });
    };
    next();
  }

  async close() {
    this.isClosed = true;
    await Promise.all([this.near?.close(), this.far?.close()]);
    this.emit({ ev: 'closed' });
  }
}

const COMMANDS = {
  offer: (session) => session.openNear().offer(),
  description: (session, { type, sdp }) => session.openNear().describe({ type, sdp }),
  candidate: (session, { candidate, mid, index }) =>
    session.near.candidate({ candidate, mid, index }),
  pair: (session) => session.pair(),
  send: (session, command) => session.send(command),
  expect: (session, { messages }) => session.receiver.expect(messages),
  echo: (session) => { session.receiver.isEcho = true; },
  ping: (session, command) => session.ping(command),
  reset: (session) => session.receiver.reset(),
  close: (session) => session.close(),
};

/** The commands of a driver for one stack. */
export class BenchPeer {
  /** @limit: the most that a sender keeps buffered, in bytes; @pause: gives others a turn */
  constructor({ makeEnd, emit, limit, pause }) {
    this.makeEnd = makeEnd;
    this.emit = emit;
    this.limit = limit;
    this.pause = pause;
    this.sessions = new Map();
  }

  /* A candidate comes after a description, so one for nobody is late for a closed connection. */
  async handle(message) {
    const { op, id } = message;
    if (!this.sessions.has(id)) {
      if (op === 'candidate')
        return;
      this.sessions.set(id, new Session(id, this));
    }
    const session = this.sessions.get(id);
    if (op === 'close')
      this.sessions.delete(id);
    try {
      if (!Object.hasOwn(COMMANDS, op))
        throw new Error(`unknown command ${op}`);
      await COMMANDS[op](session, message);
    } catch (error) {
      session.fail(error);
    }
  }
}
