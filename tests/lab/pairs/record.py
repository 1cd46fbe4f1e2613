# SPDX-License-Identifier: MPL-2.0
"""A file of meetings that were held, a line of JSON each, so that a long measurement can be done in
pieces. A meeting counts only for what is just like it: commit, peers, servers, reports."""

import dataclasses
import json
import os

from .meeting import Meeting


class Record:
    """`path` may be None: nothing is known and nothing kept."""

    def __init__(self, path, commit):
        self.path, self.commit = path, commit
        self.known = {}
        if path is not None and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    self._read(line)

    def _read(self, line):
        try:
            item = json.loads(line)
        except ValueError:
            return  # whoever wrote it was killed
        if item["commit"] == self.commit:
            self.known[json.dumps(item["task"])] = Meeting(**item["meeting"])

    @staticmethod
    def _name(task):
        """What a meeting depends on."""
        return {key: task[key] for key in ("a", "b", "seed", "turn", "peers", "nats")}

    def find(self, task):
        """The Meeting of that task, or None."""
        return self.known.get(json.dumps(self._name(task)))

    def add(self, task, meeting):
        if self.path is None:
            return
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"commit": self.commit, "task": self._name(task),
                                   "meeting": dataclasses.asdict(meeting)}) + "\n")
