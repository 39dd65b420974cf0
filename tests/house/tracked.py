"""The repository's own files, as git knows them."""

import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@cache
def tracked() -> tuple[Path, ...]:
    """Tracked files that are there; skipped where the project was unpacked without git."""
    if not (ROOT / ".git").exists():
        pytest.skip("no git repository: the tracked files are not known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


def text_of(path: Path) -> str | None:
    """Text of a tracked file; None where it is not text."""
    try:
        return path.read_text("utf8")
    except UnicodeDecodeError:
        return None
