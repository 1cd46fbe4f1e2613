// SPDX-License-Identifier: MPL-2.0
// A floe that runs with --json, and what it said.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const EVENT_MS = 20000;
const EXIT_MS = 60000;

/** Rejects with @what after @ms. */
export function within(ms, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} took more than ${ms} ms`)), ms);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

export class Program {
  events = [];
  stderr = '';
  #waiting = [];
  #ended;

  /** Starts @path with @args and --json. */
  constructor(path, args, options = {}) {
    const [command, ...rest] = args;
    this.child = spawn(path, [command, '--json', ...rest],
      { stdio: ['ignore', 'pipe', 'pipe'], ...options });
    this.child.stderr.on('data', (data) => { this.stderr += data; });
    createInterface({ input: this.child.stdout }).on('line', (line) => this.#take(line));
    this.#ended = new Promise((resolve) => {
      this.child.on('close', (code, signal) => resolve(signal ?? code));
    });
    this.#ended.then((status) => {
      this.#waiting.forEach(({ name, reject }) =>
        reject(new Error(`floe ended with ${status} before "${name}": ${this.describe()}`)));
    });
  }

  #take(line) {
    const event = JSON.parse(line);
    this.events.push(event);
    this.#waiting = this.#waiting.filter(({ name, resolve }) => {
      if (name === event.event)
        resolve(event);
      return name !== event.event;
    });
  }

  describe() {
    return `${JSON.stringify(this.events.at(-1) ?? null)} ${this.stderr.slice(-300)}`;
  }

  /** The first event called @name, which may have happened. */
  event(name, ms = EVENT_MS) {
    const past = this.events.find((event) => event.event === name);
    if (past)
      return Promise.resolve(past);
    return within(ms, `floe's "${name}" (so far ${this.describe()})`,
      new Promise((resolve, reject) => this.#waiting.push({ name, resolve, reject })));
  }

  /** What it ended with. */
  status(ms = EXIT_MS) {
    return within(ms, 'the end of floe', this.#ended);
  }

  async kill() {
    this.child.kill('SIGKILL');
    await this.#ended;
  }
}
