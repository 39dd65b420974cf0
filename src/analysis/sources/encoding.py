"""Which encoding a text file really has: the whole file is decoded once before it is read."""

import codecs
import gzip
from pathlib import Path
from typing import BinaryIO, cast

from analysis.errors import InputError
from analysis.sources.spec import FileSpec

_CHUNK = 1 << 20
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "gb18030": "GB18030"}


def open_bytes(path: Path, spec: FileSpec) -> BinaryIO:
    """The file's bytes, unpacked where it is packed."""
    return cast(BinaryIO, gzip.open(path)) if spec.format == "csv.gz" else path.open("rb")


def find_encoding(path: Path, spec: FileSpec, language: str) -> str:
    """Name of the codec that reads the whole file.

    Raises
    ------
    InputError
        Some byte does not fit: with the line, the byte, and an encoding that would do.
    """
    tried = _candidates(path, spec, language) if spec.encoding == "auto" else (spec.encoding,)
    faults = {}
    for encoding in tried:
        fault = _first_fault(path, spec, encoding)
        if fault is None:
            if encoding == "gb18030":
                _refuse_utf8(path, spec)
            return encoding
        faults[encoding] = fault
    line, byte = faults[tried[0]]
    raise InputError(
        f"the file is not {' or '.join(dict.fromkeys(_NAMES[name] for name in tried))}",
        where=f"{path}, line {line}",
        rows=[f"byte 0x{byte:02X} does not belong to {_NAMES[tried[0]]}"],
        mend=_mend(path, spec, tried),
    )


def _candidates(path: Path, spec: FileSpec, language: str) -> tuple[str, ...]:
    with open_bytes(path, spec) as stream:
        start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return ("utf-16",)
    return ("utf-8-sig", "gb18030") if language == "zh" else ("utf-8-sig",)


def _first_fault(path: Path, spec: FileSpec, encoding: str) -> tuple[int, int] | None:
    """Line and value of the first byte that the encoding does not know."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with open_bytes(path, spec) as stream:
        while True:
            chunk = stream.read(_CHUNK)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                return line + error.object[: error.start].count(b"\n"), error.object[error.start]
            if not chunk:
                return None
            line += chunk.count(b"\n")


def _refuse_utf8(path: Path, spec: FileSpec) -> None:
    """GB18030 reads nearly any bytes: lines that are Chinese in UTF-8 would become other characters without a word."""
    with open_bytes(path, spec) as stream:
        for number, line in enumerate(stream, 1):
            if not line.isascii() and _is_chinese_utf8(line):
                raise InputError(
                    "lines in UTF-8 in a file that is read as GB18030",
                    where=f"{path}, line {number}",
                    rows=[line.decode("utf-8").strip()[:80]],
                    mend="export the file again in one encoding; if all is UTF-8, set encoding: utf-8 in the spec",
                )


def _is_chinese_utf8(line: bytes) -> bool:
    """Two characters or more of the usual Chinese ones, and nothing that UTF-8 does not know (never so by chance)."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text) > 1


def _mend(path: Path, spec: FileSpec, tried: tuple[str, ...]) -> str:
    others = [name for name in ("utf-8", "gb18030") if name not in tried and f"{name}-sig" not in tried]
    fits = [name for name in others if _first_fault(path, spec, name) is None]
    if fits:
        return f"the file can be read as {_NAMES[fits[0]]}: set encoding: {fits[0]} for this file in the spec"
    return "export the file again as UTF-8"
