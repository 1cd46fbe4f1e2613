# SPDX-License-Identifier: MPL-2.0
"""A file of what was done, a line of JSON each, so that a long measurement can be done in pieces. A
result counts only for what is just like it: commit, peers, servers, reports."""

import dataclasses
import json
import os

from .meeting import Meeting


class Results:
    """By task, a dictionary. `path` may be None: nothing is known and nothing kept."""

    RESULT = "result"

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
        if item["commit"] == self.commit and self.RESULT in item:
            self.known[json.dumps(item["task"])] = item[self.RESULT]

    def find(self, task):
        """The result of that task, or None."""
        return self.known.get(json.dumps(task))

    def add(self, task, result):
        if self.path is None:
            return
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"commit": self.commit, "task": task,
                                   self.RESULT: result}) + "\n")


class Record(Results):
    """The same of meetings."""

    RESULT = "meeting"

    @staticmethod
    def _name(task):
        """What a meeting depends on."""
        return {key: task[key] for key in ("a", "b", "seed", "turn", "peers", "nats")}

    def find(self, task):
        """The Meeting of that task, or None."""
        result = super().find(self._name(task))
        return result and Meeting(**result)

    def add(self, task, meeting):
        super().add(self._name(task), dataclasses.asdict(meeting))
