"""Damage to the bytes of one file, whatever it holds; each returns what it did."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random


def flip(file: Path, random: Random) -> str:
    """One to five bits."""
    content = bytearray(file.read_bytes())
    places = [random.randrange(len(content)) for _ in range(random.randint(1, 5))]
    for place in places:
        content[place] ^= 1 << random.randrange(8)
    file.write_bytes(content)
    return f"{file.name}: bits at {places}"


def cut(file: Path, random: Random) -> str:
    content = file.read_bytes()
    kept = random.randrange(len(content))
    file.write_bytes(content[:kept])
    return f"{file.name}: {kept} of {len(content)} bytes kept"


def hole(file: Path, random: Random) -> str:
    """Bytes gone from the middle."""
    content = file.read_bytes()
    start = random.randrange(len(content))
    length = random.randint(1, 200)
    file.write_bytes(content[:start] + content[start + length :])
    return f"{file.name}: {length} bytes gone at {start}"


def zeros(file: Path, random: Random) -> str:
    """A block the disk lost, as after a power cut."""
    content = bytearray(file.read_bytes())
    start = random.randrange(len(content))
    length = min(random.choice([16, 512, 4096]), len(content) - start)
    content[start : start + length] = bytes(length)
    file.write_bytes(content)
    return f"{file.name}: {length} bytes zero at {start}"


def noise(file: Path, random: Random) -> str:
    """Bytes that do not belong there."""
    content = file.read_bytes()
    start = random.randrange(len(content) + 1)
    file.write_bytes(content[:start] + random.randbytes(random.randint(1, 40)) + content[start:])
    return f"{file.name}: noise at {start}"


def empty(file: Path, random: Random) -> str:
    file.write_bytes(b"")
    return f"{file.name}: empty"


def gone(file: Path, random: Random) -> str:
    file.unlink()
    return f"{file.name}: gone"


def folder_instead(file: Path, random: Random) -> str:
    file.unlink()
    file.mkdir()
    return f"{file.name}: a folder"


def other_content(file: Path, random: Random) -> str:
    """A file of the same kind, but of another table."""
    others = [other for other in sorted(file.parent.glob(f"*{file.suffix}")) if other != file and other.is_file()]
    other = random.choice(others) if others else file
    shutil.copyfile(other, file) if others else file.write_bytes(b"PK\x03\x04")
    return f"{file.name}: content of {other.name}"


DAMAGES: dict[str, Callable[[Path, Random], str]] = {
    "bits flipped": flip,
    "cut off": cut,
    "bytes lost": hole,
    "block of zeros": zeros,
    "noise in between": noise,
    "emptied": empty,
    "deleted": gone,
    "folder in its place": folder_instead,
    "content of another table": other_content,
}
