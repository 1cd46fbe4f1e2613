// SPDX-License-Identifier: MPL-2.0
// One peer process: newline-delimited JSON in and out, every line kept, every wait bounded.
//
// Each process leads a group of its own, so that whatever it starts can be ended with it.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const STDERR_LINES_KEPT = 5000;
const TERM_GRACE_MS = 2000;

const alive = new Set();

export class Peer {
  #child;
  #waiters = new Set();
  #exited;
  #listeners = [];

  /**
   * Starts @command and gives the peer at once; use ready() to wait for its first event. @limits
   * says what the stack is known not to do, see stacks.mjs.
   */
  constructor(name, command, limits = {}) {
    this.name = name;
    this.limits = limits;
    this.events = [];
    this.log = [];
    this.stderr = [];
    this.exit = null;
    this.#child = spawn(command[0], command.slice(1), {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    alive.add(this);
    this.#child.stdin.on('error', () => {}); // the exit is reported, the broken pipe need not be
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#take(line));
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.stderr.push(line);
      if (this.stderr.length > STDERR_LINES_KEPT)
        this.stderr.shift();
    });
    this.#exited = new Promise((resolve) => {
      const finish = (reason) => {
        if (this.exit === null) {
          this.exit = reason;
          for (const waiter of [...this.#waiters])
            waiter.check();
        }
        resolve();
      };
      this.#child.on('error', (error) => finish(error.message));
      this.#child.on('exit', (code, signal) => finish(signal ?? `exit code ${code}`));
    });
  }

  #take(line) {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      event = { event: 'garbage', line: line.slice(0, 200) };
    }
    if (event === null || typeof event !== 'object')
      event = { event: 'garbage', line: line.slice(0, 200) };
    this.events.push(event);
    this.#note('>', event);
    for (const listener of [...this.#listeners])
      listener(event);
    for (const waiter of [...this.#waiters])
      waiter.check();
  }

  #note(way, object) {
    this.log.push({ ms: Math.round(performance.now()), way, object });
  }

  /** Calls @listener for every later line; gives the function that ends this. */
  listen(listener) {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  send(object) {
    this.#note('<', object);
    if (this.exit === null)
      this.#child.stdin.write(JSON.stringify(object) + '\n');
  }

  /** The place in the event list from which a later wait shall look. */
  mark() {
    return this.events.length;
  }

  find(predicate, since = 0) {
    return this.events.slice(since).find(predicate);
  }

  /** Gives the first event after @since that fits; throws in words after @ms or on exit. */
  waitFor(predicate, { what, ms = 10000, since = 0 }) {
    return new Promise((resolve, reject) => {
      const settle = (action, value) => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
        action(value);
      };
      const waiter = {
        check: () => {
          const event = this.find(predicate, since);
          if (event)
            settle(resolve, event);
          else if (this.exit !== null)
            settle(reject, new Error(`${this.name} ended (${this.exit}) before ${what}`));
        },
      };
      const timer = setTimeout(
        () => settle(reject, new Error(`${this.name}: no ${what} within ${ms} ms`)), ms);
      this.#waiters.add(waiter);
      waiter.check();
    });
  }

  ready(ms = 90000) {
    return this.waitFor((event) => event.event === 'ready', { what: 'ready event', ms });
  }

  /** Asks a reusable peer for a new connection and forgets the events of the last one. */
  async reset() {
    this.events = [];
    this.log = [];
    this.#listeners = [];
    this.send({ cmd: 'reset' });
    await this.ready(10000);
  }

  #signal(name) {
    try {
      process.kill(-this.#child.pid, name);
    } catch {
      // the group has ended already
    }
  }

  /** Ends the process and all it started; never throws. */
  async kill() {
    if (!alive.delete(this))
      return;
    if (this.#child.pid === undefined)
      return;
    this.#child.stdin.end();
    this.#signal('SIGTERM');
    const hard = setTimeout(() => this.#signal('SIGKILL'), TERM_GRACE_MS);
    await this.#exited;
    clearTimeout(hard);
    this.#signal('SIGKILL'); // what it left behind in its group
  }

  /** The last lines both ways, for the report of a failure. */
  transcript(count = 12) {
    const short = (object) => {
      const text = JSON.stringify(object);
      return text.length > 160 ? text.slice(0, 157) + '...' : text;
    };
    return [
      ...this.events.slice(-count).map((event) => `${this.name} > ${short(event)}`),
      ...this.stderr.slice(-6).map((line) => `${this.name} ! ${line.slice(0, 200)}`),
    ];
  }
}

export async function killAll() {
  await Promise.all([...alive].map((peer) => peer.kill()));
}
