# SPDX-License-Identifier: MPL-2.0
"""Everything that leaves a host, and what addresses are in it."""

from .forms import Secret, find_secrets  # noqa: F401
from .frames import Frame  # noqa: F401
from .watcher import Blind, Watcher  # noqa: F401
