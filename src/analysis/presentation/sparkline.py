"""A run of values as a line the size of a word; red end point where the last value is on the wrong side."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.presentation.palette import ACCENT, BAD

WIDTH, HEIGHT, PAD = 76, 18, 3


class Trend(NamedTuple):
    """Values of consecutive periods (empty = unknown); `bad`: the last one misses its target."""

    values: Sequence[float | None]
    bad: bool = False


def sparkline(trend: Trend) -> str:
    """Inline SVG; fewer than three known values give nothing."""
    known = [(i, v) for i, v in enumerate(trend.values) if v is not None and v == v]
    if len(known) < 3:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    step = (WIDTH - 2 * PAD) / max(len(trend.values) - 1, 1)
    scale = (HEIGHT - 2 * PAD) / (high - low) if high - low > 1e-9 * abs(high) else 0
    points = [(PAD + i * step, HEIGHT - PAD - (v - low) * scale if scale else HEIGHT / 2) for i, v in known]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    colour = BAD if trend.bad else ACCENT
    return (
        f'<svg width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true">'
        f'<polyline points="{line}" fill="none" stroke="#9aa1ab" stroke-width="1.2"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.2" fill="{colour}"/></svg>'
    )
