"""Files are written under another name and renamed when whole, so that no reader ever meets half a report."""

import hashlib
import re
from pathlib import Path


def write_bytes(path: Path, content: bytes) -> Path:
    """Write, then rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
    return path


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8, then rename."""
    return write_bytes(path, text.encode("utf8"))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def safe_name(text: str) -> str:
    """A code as part of a file name; where letters had to go, a short hash keeps two codes apart."""
    kept = re.sub(r"[^\w-]", "", text)
    return kept if kept == text else f"{kept}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
