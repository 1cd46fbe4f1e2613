# SPDX-License-Identifier: MPL-2.0
"""Runs a command at a terminal of its own and answers its questions: answer.py A,B COMMAND...

Each answer is typed when another question mark stands at the end of what was printed. What the
command prints is printed. The exit status is the command's."""

import os
import pty
import re
import sys


def is_question(text):
    """Whether text ends in a question: perhaps with choices after the question mark."""
    return re.search(rb"\?[^\n?]*$", text) is not None


def main():
    answers = [answer for answer in sys.argv[1].split(",") if answer]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    seen = b""
    while True:
        try:
            text = os.read(terminal, 4096)
        except OSError:
            break
        if not text:
            break
        os.write(1, text)
        seen += text
        if answers and is_question(seen):
            os.write(terminal, answers.pop(0).encode() + b"\n")
            seen = b""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


sys.exit(main())
