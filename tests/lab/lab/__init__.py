# SPDX-License-Identifier: MPL-2.0
"""The laboratory's orchestration: docs/lab.md."""

from .coturn import Coturn  # noqa: F401
from .dns import Dns  # noqa: F401
from .world import LabError, World  # noqa: F401
