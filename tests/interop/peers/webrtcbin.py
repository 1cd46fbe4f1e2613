# SPDX-License-Identifier: MPL-2.0
"""GStreamer's webrtcbin as a peer for scripts. See ../README.md for the protocol."""

import json
import os
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

from common import emit, emit_error, emit_message, parse_options, payload  # noqa: E402

OPEN = GstWebRTC.WebRTCDataChannelState.OPEN
OPTION_NAMES = {
    "ordered": "ordered",
    "maxRetransmits": "max-retransmits",
    "maxPacketLifeTime": "max-packet-lifetime",
    "protocol": "protocol",
    "negotiated": "negotiated",
    "id": "id",
}


def unless_unset(value):
    """webrtcbin writes -1 where the W3C API says null."""
    return None if value < 0 else value


def turn_uri(url, user, password):
    """webrtcbin wants turn://user:pass@host:port where the W3C says turn:host:port."""
    scheme, rest = url.split(":", 1)
    credentials = f"{user}:{password}@" if scheme.startswith("turn") and user else ""
    return f"{scheme}://{credentials}{rest}"


class WebrtcbinPeer:
    """Signals of webrtcbin come on its threads: each is carried to the main loop first."""

    def __init__(self, options, loop):
        self.loop = loop
        self.echo = options.echo
        self.channels = {}
        self.early = []
        self.pipeline = Gst.Pipeline.new(None)
        self.bin = Gst.ElementFactory.make("webrtcbin", None)
        self.bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.apply_servers(options)
        self.pipeline.add(self.bin)
        self.has_remote = False
        self.connect(self.bin, "on-data-channel", lambda _bin, channel: self.adopt(channel))
        self.connect(self.bin, "on-ice-candidate", self.report_candidate)
        self.connect(self.bin, "notify::ice-gathering-state", self.report_gathering)
        self.connect(self.bin, "notify::connection-state", self.report_state)
        self.connect(self.bin, "notify::ice-connection-state", self.report_ice_state)
        self.pipeline.set_state(Gst.State.PLAYING)

    def apply_servers(self, options):
        for url in options.ice_server:
            uri = turn_uri(url, options.ice_user, options.ice_pass)
            name = "stun-server" if uri.startswith("stun") else "turn-server"
            self.bin.set_property(name, uri)
        if options.relay_only:
            policy = GstWebRTC.WebRTCICETransportPolicy.RELAY
            self.bin.set_property("ice-transport-policy", policy)

    @staticmethod
    def connect(source, signal, handler):
        def defer(*arguments):
            GLib.idle_add(lambda: handler(*arguments) and False, priority=GLib.PRIORITY_DEFAULT)

        source.connect(signal, defer)

    def report_candidate(self, _bin, line_index, candidate):
        emit(candidate=candidate, sdpMid=None, sdpMLineIndex=line_index)

    def report_gathering(self, *_arguments):
        state = self.bin.get_property("ice-gathering-state")
        if state == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            emit(candidate="", sdpMid=None, sdpMLineIndex=0)

    def report_state(self, *_arguments):
        state = self.bin.get_property("connection-state")
        emit(event="connectionstate", state=state.value_nick)

    def report_ice_state(self, *_arguments):
        state = self.bin.get_property("ice-connection-state")
        emit(event="iceconnectionstate", state=state.value_nick)

    def adopt(self, channel):
        label = channel.get_property("label")
        self.channels[label] = channel
        reported = False

        def report_open(*_arguments):
            nonlocal reported
            if reported or channel.get_property("ready-state") != OPEN:
                return
            reported = True
            emit(
                event="open",
                label=label,
                id=channel.get_property("id"),
                protocol=channel.get_property("protocol") or "",
                ordered=channel.get_property("ordered"),
                maxRetransmits=unless_unset(channel.get_property("max-retransmits")),
                maxPacketLifeTime=unless_unset(channel.get_property("max-packet-lifetime")),
            )

        def take_text(_channel, text):
            report_open()
            emit_message(label, text or "")
            if self.echo:
                self.send_data(channel, text or "")

        def take_data(_channel, data):
            report_open()
            received = data.get_data() if data else b""
            emit_message(label, received)
            if self.echo:
                self.send_data(channel, received)

        self.connect(channel, "notify::ready-state", report_open)
        self.connect(channel, "on-open", report_open)
        self.connect(channel, "on-message-string", take_text)
        self.connect(channel, "on-message-data", take_data)
        self.connect(channel, "on-close", lambda _channel: emit(event="channelclose", label=label))
        report_open()

    @staticmethod
    def send_data(channel, data):
        """Sends str or bytes; NULL is how webrtcbin's API spells an empty message."""
        if isinstance(data, str):
            channel.emit("send-string", data or None)
        else:
            channel.emit("send-data", GLib.Bytes.new(data) if data else None)

    def create_channels(self, wanted):
        for init in wanted:
            options = Gst.Structure.new_empty("options")
            for name, value in init.items():
                if name in OPTION_NAMES and value is not None:
                    options.set_value(OPTION_NAMES[name], value)
            channel = self.bin.emit("create-data-channel", init["label"], options)
            if channel is None:
                raise ValueError(f"webrtcbin made no channel {init['label']}")
            self.adopt(channel)

    def perform(self, signal, *arguments):
        """Emits an asynchronous action of webrtcbin and gives its reply."""
        promise = Gst.Promise.new()
        self.bin.emit(signal, *arguments, promise)
        promise.wait()
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(reply.get_value("error").message)
        return reply

    def describe(self, kind):
        reply = self.perform(f"create-{kind}", None)  # owns the description: must outlive its use
        description = reply.get_value(kind)
        self.perform("set-local-description", description)
        emit(type=kind, sdp=description.sdp.as_text())

    def offer(self, message):
        self.create_channels(message.get("channels", []))
        for kind in message.get("media", []):
            encoding = {"audio": "OPUS,payload=96", "video": "VP8,payload=97"}[kind]
            rate = {"audio": 48000, "video": 90000}[kind]
            caps = Gst.Caps.from_string(
                f"application/x-rtp,media={kind},encoding-name={encoding},clock-rate={rate}"
            )
            direction = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            self.bin.emit("add-transceiver", direction, caps)
        self.describe("offer")

    def take_description(self, message):
        result, sdp = GstSdp.SDPMessage.new_from_text(message["sdp"])
        if result != GstSdp.SDPResult.OK:
            raise ValueError("GStreamer cannot parse this description")
        kind = GstWebRTC.WebRTCSDPType
        kind = kind.OFFER if message["type"] == "offer" else kind.ANSWER
        self.perform(
            "set-remote-description", GstWebRTC.WebRTCSessionDescription.new(kind, sdp)
        )
        self.has_remote = True
        early, self.early = self.early, []
        for candidate in early:
            self.take_candidate(candidate)
        if message["type"] == "offer":
            self.describe("answer")

    def take_candidate(self, message):
        if not self.has_remote:
            self.early.append(message)
        elif message["candidate"]:
            index = message.get("sdpMLineIndex") or 0
            self.bin.emit("add-ice-candidate", index, message["candidate"])

    def send(self, message):
        self.send_data(self.channels[message["label"]], payload(message))

    def command(self, message):
        name = message["cmd"]
        if name == "offer":
            self.offer(message)
        elif name == "channels":
            self.create_channels(message["channels"])
        elif name == "send":
            self.send(message)
        elif name == "closeChannel":
            self.channels[message["label"]].emit("close")
        elif name == "close":
            self.close()
        else:
            raise ValueError(f"unknown command {name}")

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)
        emit(event="connectionstate", state="closed")

    def handle(self, line):
        try:
            message = json.loads(line)
            if "cmd" in message:
                self.command(message)
            elif "type" in message:
                self.take_description(message)
            elif "candidate" in message:
                self.take_candidate(message)
            else:
                raise ValueError("neither a command, a description nor a candidate")
        except Exception as error:  # whatever the library raises is an answer for the script
            emit_error(error)

    def read_lines(self):
        for line in sys.stdin:
            GLib.idle_add(lambda text: self.handle(text), line, priority=GLib.PRIORITY_DEFAULT)
        GLib.idle_add(self.loop.quit)


def main():
    options = parse_options("webrtcbin.py")
    if options.verbose:
        os.environ.setdefault("GST_DEBUG", "webrtc*:6,sctp*:6,dtls*:5")
    Gst.init(None)
    loop = GLib.MainLoop()
    peer = WebrtcbinPeer(options, loop)
    emit(event="ready", peer="webrtcbin", version=Gst.version_string().split()[-1])
    threading.Thread(target=peer.read_lines, daemon=True).start()
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)


main()
