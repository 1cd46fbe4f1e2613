# SPDX-License-Identifier: MPL-2.0
"""Connections that move from path to path while a transfer goes on."""
