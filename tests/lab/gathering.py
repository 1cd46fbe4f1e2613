# SPDX-License-Identifier: MPL-2.0
"""How long gathering takes with live and dead servers, 40 ms away: a Markdown table. The rounds are
interleaved, so that what else the machine does falls on all rows.

   gathering.py --floe-peer PATH [--rounds N]

Run by gathering.sh, which says which router the laboratory uses."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from lab import Coturn, World, enclosure  # noqa: E402

WORLD = """
router home eim-apdf
host alice behind=home delay=10ms
host stun delay=10ms
host turn delay=10ms
"""
LIMIT = 10

# Of each row: which servers are given. Nobody has the addresses of the dead ones; packets to them
# vanish, as they do on the Internet.
DEAD_STUN, DEAD_TURN = "198.51.100.251", "198.51.100.252"
ROWS = [
    ("STUN", ["stun"]),
    ("TURN", ["turn"]),
    ("STUN and TURN", ["stun", "turn"]),
    ("and a dead STUN server", ["dead-stun", "stun", "turn"]),
    ("and a dead TURN server", ["dead-turn", "stun", "turn"]),
    ("and one dead of each", ["dead-stun", "dead-turn", "stun", "turn"]),
]


def gather(host, program, arguments):
    """(milliseconds to the end of candidates, their types)"""
    process = host.start([program, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, text=True)
    watchdog = threading.Timer(LIMIT, process.kill)
    watchdog.start()
    started, types = None, []
    try:
        for text in process.stdout:
            line = json.loads(text)
            if line.get("event") == "ready":
                process.stdin.write(json.dumps({"cmd": "offer", "channels": [{"label": "x"}]}) + "\n")
                process.stdin.flush()
            elif line.get("type") == "offer":
                started = time.monotonic()
            elif line.get("candidate") == "":
                return (time.monotonic() - started) * 1000, types
            elif "candidate" in line:
                words = line["candidate"].split()
                types.append(words[words.index("typ") + 1])
        raise SystemExit(f"gathering did not end within {LIMIT} s")
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--floe-peer", required=True)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    times = {title: [] for title, _ in ROWS}
    found = {title: set() for title, _ in ROWS}
    with World(WORLD) as world:
        stun, turn = Coturn(world["stun"], tls=False), Coturn(world["turn"], tls=False)
        user, password = turn.credentials()
        credentials = ["--ice-user", user, "--ice-pass", password]
        given = {
            "stun": ["--ice-server", stun.url("stun")],
            "turn": ["--ice-server", turn.url("turn"), *credentials],
            "dead-stun": ["--ice-server", f"stun:{DEAD_STUN}"],
            "dead-turn": ["--ice-server", f"turn:{DEAD_TURN}", *credentials],
        }
        for _ in range(options.rounds):
            for title, servers in ROWS:
                arguments = [word for name in servers for word in given[name]]
                ms, types = gather(world["alice"], options.floe_peer, arguments)
                times[title].append(ms)
                found[title].add(" ".join(types))
    print("| servers | candidates | median, ms | 90 %, ms | most, ms |")
    print("|---|---|---|---|---|")
    for title, _ in ROWS:
        row = sorted(times[title])
        print(f"| {title} | {' or '.join(sorted(found[title]))} | {statistics.median(row):.0f} | "
              f"{row[int(len(row) * 0.9) - 1]:.0f} | {row[-1]:.0f} |")
    alone = statistics.median(times["STUN and TURN"])
    worst = max(statistics.median(times[title]) for title, _ in ROWS[3:])
    is_good = alone <= 150 and worst - alone <= 50
    print(f"\nDead servers cost {worst - alone:.0f} ms, by the medians (50 allowed); STUN and TURN "
          f"together take {alone:.0f} ms (150 allowed).")
    return 0 if is_good else 1


if __name__ == "__main__":
    if enclosure.is_inside():
        enclosure.settle()
        sys.exit(main())
    status, reason = enclosure.enter([os.path.abspath(__file__), *sys.argv[1:]])
    if status is None:
        sys.exit(f"gathering.py: {reason}")
    sys.exit(status)
