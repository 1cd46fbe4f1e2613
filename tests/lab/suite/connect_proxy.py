# SPDX-License-Identifier: MPL-2.0
"""An HTTP proxy for hosts of a world, as much of one as CONNECT takes: connect_proxy.py PORT."""

import asyncio
import ipaddress
import sys

LIMIT = 65536


async def pump(reader, writer):
    """Copies until either end is done with it."""
    try:
        while data := await reader.read(LIMIT):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


async def read_target(reader):
    """(host, port) of a CONNECT request, or None for anything else."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, *_ = request[0].split()
    host, _, port = target.rpartition(":")
    return (host.strip("[]"), int(port)) if method == "CONNECT" else None


async def serve(reader, writer):
    target = await read_target(reader)
    if target is None:
        writer.write(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
        writer.close()
        return
    try:
        there = await asyncio.open_connection(str(ipaddress.ip_address(target[0])), target[1])
    except (OSError, ValueError):
        writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
        writer.close()
        return
    writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    await asyncio.gather(pump(reader, there[1]), pump(there[0], writer))


async def main():
    async with await asyncio.start_server(serve, "0.0.0.0", int(sys.argv[1])) as server:
        print("ready", flush=True)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
