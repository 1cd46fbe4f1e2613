# SPDX-License-Identifier: MPL-2.0
"""Two peers behind two NATs: do they meet, on which path, and how soon. For tests/lab/matrix.py and
the suite."""

from .meeting import Meeting, meet  # noqa: F401
from .places import KINDS, describe  # noqa: F401
