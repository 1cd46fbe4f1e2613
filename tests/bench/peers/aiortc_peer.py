# SPDX-License-Identifier: MPL-2.0
"""aiortc, a stack in Python, as a peer of the benchmark. See ../README.md.

aiortc does not trickle: its descriptions carry all candidates.
"""

import argparse
import asyncio
import json
import sys
import time

DEFAULT_BUFFER = 1 << 20
LONGEST_LINE = 1 << 20
SLICE_SECONDS = 0.01  # how long a sender may keep the loop, on which all else of aiortc runs
CANNOT_RUN = 77


def emit(**fields):
    print(json.dumps(fields), flush=True)


try:
    import aiortc
    from aiortc.sdp import candidate_from_sdp
except ImportError as error:
    print(f"aiortc cannot be loaded (Debian package python3-aiortc): {error}", file=sys.stderr)
    sys.exit(CANNOT_RUN)

VERSION = f"{aiortc.__version__} (Python {sys.version.split()[0]})"


def now_us():
    return time.monotonic_ns() // 1000


class End:
    """One side of a connection, with one channel."""

    def __init__(self, take, opened, fail):
        self.take = take
        self.opened = opened
        self.fail = fail
        self.channel = None
        self.is_over = False
        self.drained = asyncio.Event()
        # without any server: the default is one of Google's
        self.connection = aiortc.RTCPeerConnection(aiortc.RTCConfiguration([]))
        self.connection.on("datachannel", self.adopt)
        self.connection.on("connectionstatechange", self.look_at_state)

    def look_at_state(self):
        if self.connection.connectionState == "failed" and not self.is_over:
            self.fail("the connection failed")

    def look_at_close(self):
        """Ours or the other side's doing; a send after it raises."""
        self.is_over = True
        self.drained.set()

    def adopt(self, channel):
        self.channel = channel
        channel.on("message", lambda data: self.take(self, data))
        channel.on("bufferedamountlow", self.drained.set)
        channel.on("close", self.look_at_close)
        if channel.readyState == "open":
            self.opened()
        else:
            channel.on("open", self.opened)

    async def tell_local(self, description):
        await self.connection.setLocalDescription(description)
        return self.connection.localDescription

    async def offer(self):
        self.adopt(self.connection.createDataChannel("bench"))
        return await self.tell_local(await self.connection.createOffer())

    async def describe(self, description):
        """Takes the other side's description; gives the answer to an offer."""
        await self.connection.setRemoteDescription(description)
        if description.type != "offer":
            return None
        return await self.tell_local(await self.connection.createAnswer())

    async def candidate(self, message):
        candidate = candidate_from_sdp(message["candidate"].split(":", 1)[1])
        candidate.sdpMid = message.get("mid")
        candidate.sdpMLineIndex = message.get("index")
        await self.connection.addIceCandidate(candidate)

    async def wait_for_room(self, threshold):
        self.channel.bufferedAmountLowThreshold = threshold
        self.drained.clear()
        if self.channel.bufferedAmount > threshold:
            await self.drained.wait()

    async def close(self):
        self.is_over = True
        await self.connection.close()


class Receiver:
    def __init__(self, report):
        self.report = report
        self.is_echo = False
        self.reset()

    def reset(self):
        self.messages = 0
        self.bytes = 0
        self.first_us = 0
        self.last_us = 0
        self.expected = None

    def take(self, end, data):
        self.last_us = now_us()
        if self.messages == 0:
            self.first_us = self.last_us
        self.messages += 1
        self.bytes += len(data)
        if self.is_echo:
            end.channel.send(data)
        self.tell_when_all_came()

    def expect(self, messages):
        self.expected = messages
        self.tell_when_all_came()

    def tell_when_all_came(self):
        if self.expected is None or self.messages < self.expected:
            return
        self.expected = None
        self.report(
            ev="received",
            messages=self.messages,
            bytes=self.bytes,
            first_us=self.first_us,
            last_us=self.last_us,
        )


class Session:
    """One connection: its near end, and the far one too where both are in this process."""

    def __init__(self, number, limit):
        self.number = number
        self.limit = limit
        self.near = None
        self.far = None
        self.awaited_opens = 1
        self.pong = None
        self.receiver = Receiver(self.emit)

    def emit(self, **fields):
        emit(**fields, id=self.number)

    def fail(self, message):
        self.emit(ev="error", message=message)

    def count_open(self):
        self.awaited_opens -= 1
        if self.awaited_opens == 0:
            self.emit(ev="open")

    def take_near(self, end, data):
        if self.pong is not None:
            self.pong.set_result(now_us())
            self.pong = None
        else:
            self.receiver.take(end, data)

    def open_near(self):
        if self.near is None:
            self.near = End(self.take_near, self.count_open, self.fail)
        return self.near

    def emit_description(self, local):
        self.emit(ev="description", type=local.type, sdp=local.sdp)

    async def do_offer(self, message):
        self.emit_description(await self.open_near().offer())

    async def do_description(self, message):
        description = aiortc.RTCSessionDescription(sdp=message["sdp"], type=message["type"])
        answer = await self.open_near().describe(description)
        if answer is not None:
            self.emit_description(answer)

    async def do_candidate(self, message):
        await self.near.candidate(message)

    async def do_pair(self, message):
        self.awaited_opens = 2
        self.open_near()
        self.far = End(self.receiver.take, self.count_open, self.fail)
        await self.near.describe(await self.far.describe(await self.near.offer()))

    async def do_send(self, message):
        size = message["size"]
        data = bytes(size)
        threshold = max(0, min(self.limit // 2, self.limit - size))
        until = time.monotonic() + message["seconds"]
        slice_end = time.monotonic() + SLICE_SECONDS
        channel = self.near.channel
        messages = 0
        while (now := time.monotonic()) < until:
            if channel.bufferedAmount > max(0, self.limit - size):
                await self.near.wait_for_room(threshold)
                slice_end = time.monotonic() + SLICE_SECONDS
            elif now >= slice_end:
                await asyncio.sleep(0)
                slice_end = time.monotonic() + SLICE_SECONDS
            else:
                channel.send(data)
                messages += 1
        self.emit(ev="sent", messages=messages)

    async def do_expect(self, message):
        self.receiver.expect(message["messages"])

    async def do_echo(self, message):
        self.receiver.is_echo = True

    async def do_ping(self, message):
        data = bytes(message["size"])
        times = []
        for _ in range(message["count"]):
            self.pong = asyncio.get_running_loop().create_future()
            pong = self.pong
            sent = now_us()
            self.near.channel.send(data)
            times.append(await pong - sent)
        self.emit(ev="rtt", us=times)

    async def do_reset(self, message):
        self.receiver.reset()

    async def do_close(self, message):
        for end in (self.near, self.far):
            if end is not None:
                end.is_over = True
        for end in (self.near, self.far):
            if end is not None:
                await end.close()
        self.emit(ev="closed")


class Peer:
    """The sessions, by their numbers. Commands of one run in order, those of several together."""

    def __init__(self, limit):
        self.limit = limit
        self.queues = {}

    async def work(self, session, queue):
        while True:
            message = await queue.get()
            try:
                await getattr(session, f"do_{message['op']}")(message)
            except Exception as error:  # whatever the library raises is an answer for the driver
                session.fail(f"{type(error).__name__}: {error}")
            if message["op"] == "close":
                return

    def handle(self, message):
        number = message["id"]
        if number not in self.queues:
            if message["op"] == "candidate":
                return  # one comes after a description: this is late for a closed connection
            queue = asyncio.Queue()
            session = Session(number, self.limit)
            task = asyncio.ensure_future(self.work(session, queue))
            self.queues[number] = (queue, task)
        self.queues[number][0].put_nowait(message)
        if message["op"] == "close":
            del self.queues[number]


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--buffer", type=int, default=DEFAULT_BUFFER, metavar="BYTES")
    return parser.parse_args()


async def main():
    peer = Peer(parse_options().buffer)
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    emit(ev="ready", stack="aiortc", version=VERSION, modes=["one", "two"])
    while line := await reader.readline():
        message = json.loads(line)
        if message["op"] == "quit":
            break
        peer.handle(message)


asyncio.run(main())
