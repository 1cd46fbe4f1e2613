#!/usr/bin/python3
# SPDX-License-Identifier: MPL-2.0
"""An installed floe sends a file to another one, and shows browsers its page with all its parts.

    program.py PATH-OF-FLOE"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

TIMEOUT_S = 60


def page_parts(address):
    """How many files the page at an address names; each must be served."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    seen, queue = set(), [urllib.parse.urldefrag(address).url]
    while queue:
        url = queue.pop()
        if url in seen:
            continue
        seen.add(url)
        with opener.open(url, timeout=TIMEOUT_S) as answer:
            text = answer.read().decode("utf-8")
        names = re.findall(r'(?:src|href)="([^":#]+)"', text)
        names += re.findall(r"""(?:from|import) ?["'](\./[^"']+)["']""", text)
        queue += [urllib.parse.urljoin(url, name) for name in names]
    return len(seen)


def main(floe):
    with tempfile.TemporaryDirectory() as folder:
        top = pathlib.Path(folder)
        content = os.urandom(3_000_000)
        (top / "file").write_bytes(content)
        (top / "there").mkdir()
        sender = subprocess.Popen([floe, "send", "--json", top / "file"], text=True,
                                  stdout=subprocess.PIPE)
        try:
            events = (json.loads(line) for line in sender.stdout)
            address = next(event["url"] for event in events if event["event"] == "ready")
            parts = page_parts(address)
            assert parts > 20, f"the page has {parts} parts only"
            subprocess.run([floe, "receive", "--json", "--yes", "--output", top / "there", address],
                           check=True, timeout=TIMEOUT_S, stdout=subprocess.DEVNULL)
            sender.communicate(timeout=TIMEOUT_S)
            assert sender.returncode == 0, sender.returncode
        finally:
            sender.kill()
            sender.wait()
        assert (top / "there" / "file").read_bytes() == content, "another file arrived"
    print(f"{parts} parts of the page")


if __name__ == "__main__":
    main(sys.argv[1])
