"""Compiled by numba where it is there; else, or with NUMBA_DISABLE_JIT=1, the same source runs as plain Python."""

from collections.abc import Callable
from typing import TypeVar

import numpy as np

try:
    from numba import config, njit
except ModuleNotFoundError:  # a platform for which numba is not built
    njit = None

Function = TypeVar("Function", bound=Callable)

#: True where functions are compiled.
COMPILED = njit is not None and not config.DISABLE_JIT


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays that makes no array itself.

    It runs without Python's lock, is kept on disk between runs, and counts no references to arrays: counting them for
    the tuples of arrays that travel through the kernel costs five times what the kernel does (numba's `_nrt` option;
    a function that would make an array is refused when it is compiled).
    """
    if not COMPILED:
        return np.errstate(over="ignore")(function)  # keys are meant to wrap around at 64 bits
    return njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function)
