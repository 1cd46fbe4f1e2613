# SPDX-License-Identifier: MPL-2.0
"""What each privacy level lets out, and connections that are watched for it."""

from .check import find_faults  # noqa: F401
from .table import LEVELS, markdown  # noqa: F401
from .visit import visit  # noqa: F401
