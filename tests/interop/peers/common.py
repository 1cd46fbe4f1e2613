# SPDX-License-Identifier: MPL-2.0
"""What the Python peers share: options, output lines and payloads of the interop protocol."""

import argparse
import json
import sys
import zlib

SHORT_TEXT = 256


def parse_options(prog):
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("--no-echo", dest="echo", action="store_false")
    parser.add_argument("--ice-server", action="append", default=[], metavar="URL")
    parser.add_argument("--ice-user")
    parser.add_argument("--ice-pass")
    parser.add_argument("--relay-only", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    return parser.parse_args()


def emit(**fields):
    print(json.dumps(fields), flush=True)


def emit_error(error):
    emit(event="error", name=type(error).__name__, message=str(error))


def emit_message(label, data):
    """Reports a received message; data is str or bytes."""
    binary = isinstance(data, bytes)
    raw = data if binary else data.encode()
    fields = {"label": label, "binary": binary, "size": len(raw), "crc32": zlib.crc32(raw)}
    if not binary and len(raw) <= SHORT_TEXT:
        fields["text"] = data
    emit(event="message", **fields)


def payload(message):
    """What a send command asks for: its text, or size bytes of the pattern."""
    if "text" in message:
        return message["text"]
    return bytes((31 * i + 7) % 256 for i in range(message["size"]))


def complain(text):
    print(text, file=sys.stderr, flush=True)
