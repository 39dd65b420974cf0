"""Numbers of charge lines and orders, made of what the line is: they are the same in every world that has the line.

Bits of a line number, from the left: stay 24, row of its recipe 10, repetition by a story 6, day 9, refund 1.
"""

import numpy as np

Lines = dict[str, np.ndarray]
_ROW, _AGAIN, _DAY = 10, 6, 9


def row_number(stay: np.ndarray, code: np.ndarray) -> np.ndarray:
    """Number of a recipe row of a stay, and of its order."""
    return (stay << _ROW) | code


def line_number(stay: np.ndarray, code: np.ndarray, day: np.ndarray) -> np.ndarray:
    return ((row_number(stay, code) << (_AGAIN + _DAY)) | day) << 1


def refund_number(line: np.ndarray) -> np.ndarray:
    return line | 1


def again_number(line: np.ndarray, repetition: int) -> np.ndarray:
    """Number of a line's repetition by the n-th repeating row of stories/*_lines.csv (1 to 63)."""
    return line | (repetition << (_DAY + 1))


def again_order(order: np.ndarray, repetition: int) -> np.ndarray:
    """Number of the order of a line's repetition; the bit between is that of cancelled orders."""
    return order | (repetition << (24 + _ROW + 1))


def first_number(line: np.ndarray) -> np.ndarray:
    """Number of the line that a repetition repeats."""
    return line & ~(((1 << _AGAIN) - 1) << (_DAY + 1))


def is_again(line: np.ndarray) -> np.ndarray:
    """Which numbers are of repetitions."""
    return (line >> (_DAY + 1)) % (1 << _AGAIN) > 0
