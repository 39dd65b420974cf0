"""Compiled by numba where it is there; else, or with NUMBA_DISABLE_JIT=1, the same source runs as plain Python."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

try:
    from numba import config, njit
except ModuleNotFoundError:  # a platform for which numba is not built
    njit = None

Function = TypeVar("Function", bound=Callable)

#: True where functions are compiled.
COMPILED = njit is not None and not config.DISABLE_JIT

if COMPILED:
    # numba keeps a function until its own file changes, with what it calls of other files inside it: so what is kept
    # stands under a mark of all of them.
    _here = Path(__file__).parent
    _names = ("jit", "draws", "event_list", "program", "state", "desks", "rows", "admissions", "kernel")
    _parts = [_here / f"{name}.py" for name in _names]
    _mark = hashlib.sha256(b"".join(part.read_bytes() for part in _parts)).hexdigest()[:12]
    config.CACHE_DIR = config.CACHE_DIR or str(_here / "__pycache__" / f"compiled-{_mark}")


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays that makes no array itself.

    It runs without Python's lock, is kept on disk between runs, and counts no references to arrays: counting them for
    the tuples of arrays that travel through the kernel costs five times what the kernel does (numba's `_nrt` option;
    a function that would make an array is refused when it is compiled). All of it becomes one piece of machine code
    (`forceinline`): the kernel runs 1.8 times as fast as by calls, its bits are the same.
    """
    if not COMPILED:
        return np.errstate(over="ignore")(function)  # keys are meant to wrap around at 64 bits
    return njit(cache=True, nogil=True, error_model="numpy", _nrt=False, forceinline=True)(function)
