# SPDX-License-Identifier: MPL-2.0
"""What was sent over TCP, put together from its segments."""

_HALF = 1 << 31


def _distance(first, second):
    return (second - first + _HALF) % (2 * _HALF) - _HALF


def join_streams(frames):
    """[(the first frame, bytes)] of each connection's way out; in two where a part is missing. What
    came twice is kept as it came first."""
    flows = {}
    for frame in frames:
        if frame.protocol == "tcp" and frame.payload:
            flows.setdefault((frame.source, frame.destination), []).append(frame)
    streams = []
    for segments in flows.values():
        origin = segments[0].sequence
        pieces, ends = [], None
        for frame in sorted(segments, key=lambda each: _distance(origin, each.sequence)):
            begins = _distance(origin, frame.sequence)
            if ends is None or begins > ends:
                pieces.append((frame, bytearray()))
                ends = begins
            pieces[-1][1].extend(frame.payload[ends - begins:])
            ends = max(ends, begins + len(frame.payload))
        streams += [(frame, bytes(data)) for frame, data in pieces]
    return streams
