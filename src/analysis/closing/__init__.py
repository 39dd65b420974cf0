"""Closing: runs the engines over a period in order, writes their tables, reconciles, skips what has not changed."""

from analysis.closing.close import CloseResult, close

__all__ = ["CloseResult", "close"]
