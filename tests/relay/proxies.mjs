// SPDX-License-Identifier: MPL-2.0
// An HTTP and a SOCKS5 proxy for a test. Both want a password, and count what they let through.

import { createServer as createHttpServer } from 'node:http';
import { connect, createServer } from 'node:net';

export const PROXY_USER = 'walker';
export const PROXY_PASSWORD = 'open sesame';

const listen = (server, address) => new Promise((resolve) =>
  server.listen(0, address, () => resolve(server.address().port)));

function join(one, other) {
  one.pipe(other).pipe(one);
  for (const [end, opposite] of [[one, other], [other, one]]) {
    end.on('error', () => opposite.destroy());
    end.on('close', () => opposite.destroy());
  }
}

/* What both have: a URI, and the targets that were asked for. */
async function start(server, scheme, address, targets) {
  const port = await listen(server, address);
  const uri = (password = PROXY_PASSWORD) =>
    `${scheme}://${PROXY_USER}:${encodeURIComponent(password)}@${address}:${port}`;
  return { uri, targets, place: `${address}:${port}`, stop: () => server.close() };
}

/** RFC 9110 section 9.3.6, with the Basic scheme of RFC 7617. */
export function startHttpProxy(address) {
  const targets = [];
  const expected = 'Basic '
    + Buffer.from(`${PROXY_USER}:${PROXY_PASSWORD}`).toString('base64');
  const server = createHttpServer((request, response) => response.writeHead(400).end());
  server.on('connect', (request, client, head) => {
    client.on('error', () => {});
    if (request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n'
        + 'Proxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    targets.push(request.url);
    const { hostname, port } = new URL(`http://${request.url}`);
    const onwards = connect(Number(port || 80), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onwards.write(head);
      join(client, onwards);
    });
    onwards.on('error', () => client.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
  });
  return start(server, 'http', address, targets);
}

/* Gives the bytes of a stream in the sizes that are asked for. */
class Reader {
  #chunks = Buffer.alloc(0);
  #wanted = null;

  constructor(socket) {
    this.take = (data) => {
      this.#chunks = Buffer.concat([this.#chunks, data]);
      this.#serve();
    };
    socket.on('data', this.take);
    this.socket = socket;
  }

  #serve() {
    if (this.#wanted === null || this.#chunks.length < this.#wanted.size)
      return;
    const { size, resolve } = this.#wanted;
    this.#wanted = null;
    const bytes = this.#chunks.subarray(0, size);
    this.#chunks = this.#chunks.subarray(size);
    resolve(bytes);
  }

  bytes(size) {
    return new Promise((resolve) => {
      this.#wanted = { size, resolve };
      this.#serve();
    });
  }

  async text() {
    const [size] = await this.bytes(1);
    return (await this.bytes(size)).toString();
  }

  /** What is left belongs to whoever reads the socket from now on. */
  end() {
    this.socket.off('data', this.take);
    return this.#chunks;
  }
}

async function readTarget(reader) {
  const [, , , type] = await reader.bytes(4);
  const host = type === 3 ? await reader.text()
    : type === 1 ? (await reader.bytes(4)).join('.')
      : (await reader.bytes(16)).toString('hex').match(/..../g).join(':');
  return { host, port: (await reader.bytes(2)).readUInt16BE() };
}

/* RFC 1928, with the user name and password of RFC 1929. */
async function serveSocks(client, targets, names) {
  const reader = new Reader(client);
  const [, count] = await reader.bytes(2);
  const methods = await reader.bytes(count);
  if (!methods.includes(2)) {
    client.end(Buffer.from([5, 0xff]));
    return;
  }
  client.write(Buffer.from([5, 2]));
  await reader.bytes(1);
  const isWelcome = await reader.text() === PROXY_USER && await reader.text() === PROXY_PASSWORD;
  client.write(Buffer.from([1, isWelcome ? 0 : 1]));
  if (!isWelcome) {
    client.end();
    return;
  }
  const { host, port } = await readTarget(reader);
  targets.push(`${host}:${port}`);
  const onwards = connect(port, names[host] ?? host, () => {
    client.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    onwards.write(reader.end());
    join(client, onwards);
  });
  onwards.on('error', () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
}

/** @names: addresses of names that it knows, as a proxy asks a DNS of its own. */
export function startSocksProxy(address, names) {
  const targets = [];
  const server = createServer((client) => {
    client.on('error', () => {});
    serveSocks(client, targets, names);
  });
  return start(server, 'socks5', address, targets);
}
