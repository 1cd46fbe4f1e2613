# SPDX-License-Identifier: MPL-2.0
"""aiortc as a peer for scripts. See ../README.md for the protocol.

aiortc does not trickle: its descriptions carry all candidates, so the end mark follows at once.
"""

import asyncio
import json
import logging
import sys

import aiortc
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCSessionDescription
from aiortc.sdp import candidate_from_sdp

from common import emit, emit_error, emit_message, parse_options, payload

LONGEST_LINE = 1 << 20


class AiortcPeer:
    def __init__(self, options):
        servers = [
            RTCIceServer(url, username=options.ice_user, credential=options.ice_pass)
            for url in options.ice_server
        ]
        self.echo = options.echo
        self.channels = {}
        self.early = []
        self.connection = RTCPeerConnection(RTCConfiguration(servers))
        self.connection.on("datachannel", self.adopt)
        self.connection.on("connectionstatechange", self.report_state)
        self.connection.on("iceconnectionstatechange", self.report_ice_state)

    def report_state(self):
        emit(event="connectionstate", state=self.connection.connectionState)

    def report_ice_state(self):
        emit(event="iceconnectionstate", state=self.connection.iceConnectionState)

    def adopt(self, channel):
        self.channels[channel.label] = channel
        reported = False

        def report_open():
            nonlocal reported
            if reported:
                return
            reported = True
            emit(
                event="open",
                label=channel.label,
                id=channel.id,
                protocol=channel.protocol,
                ordered=channel.ordered,
                maxRetransmits=channel.maxRetransmits,
                maxPacketLifeTime=channel.maxPacketLifeTime,
            )

        def take(data):
            emit_message(channel.label, data)
            if self.echo:
                channel.send(data)

        channel.on("open", report_open)
        channel.on("message", take)
        channel.on("close", lambda: emit(event="channelclose", label=channel.label))
        if channel.readyState == "open":
            report_open()

    def create_channels(self, wanted):
        for init in wanted:
            self.adopt(self.connection.createDataChannel(**init))

    async def describe(self, description):
        await self.connection.setLocalDescription(description)
        local = self.connection.localDescription
        emit(type=local.type, sdp=local.sdp)
        emit(candidate="", sdpMid=None, sdpMLineIndex=0)

    async def offer(self, message):
        self.create_channels(message.get("channels", []))
        for kind in message.get("media", []):
            self.connection.addTransceiver(kind, direction="recvonly")
        await self.describe(await self.connection.createOffer())

    async def take_description(self, message):
        await self.connection.setRemoteDescription(
            RTCSessionDescription(sdp=message["sdp"], type=message["type"])
        )
        early, self.early = self.early, []
        for candidate in early:
            await self.take_candidate(candidate)
        if message["type"] == "offer":
            await self.describe(await self.connection.createAnswer())

    async def take_candidate(self, message):
        if self.connection.remoteDescription is None:
            self.early.append(message)
            return
        if message["candidate"] == "":
            if self.connection.sctp is not None:  # addIceCandidate () takes no end mark
                await self.connection.sctp.transport.transport.addRemoteCandidate(None)
            return
        candidate = candidate_from_sdp(message["candidate"].split(":", 1)[1])
        candidate.sdpMid = message.get("sdpMid")
        candidate.sdpMLineIndex = message.get("sdpMLineIndex")
        await self.connection.addIceCandidate(candidate)

    async def command(self, message):
        name = message["cmd"]
        if name == "offer":
            await self.offer(message)
        elif name == "channels":
            self.create_channels(message["channels"])
        elif name == "send":
            self.channels[message["label"]].send(payload(message))
        elif name == "closeChannel":
            self.channels[message["label"]].close()
        elif name == "close":
            await self.connection.close()
        else:
            raise ValueError(f"unknown command {name}")

    async def handle(self, line):
        message = json.loads(line)
        if "cmd" in message:
            await self.command(message)
        elif "type" in message:
            await self.take_description(message)
        elif "candidate" in message:
            await self.take_candidate(message)
        else:
            raise ValueError("neither a command, a description nor a candidate")


async def main():
    options = parse_options("aiortc_peer.py")
    logging.basicConfig(level=logging.DEBUG if options.verbose else logging.ERROR)
    peer = AiortcPeer(options)
    reader = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    emit(event="ready", peer="aiortc", version=aiortc.__version__)
    while line := await reader.readline():
        try:
            await peer.handle(line)
        except Exception as error:  # whatever the library raises is an answer for the script
            emit_error(error)
    await peer.connection.close()


asyncio.run(main())
