"""How long each act takes, from spans between known moments that hold one act or several."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from analysis.pathways.estimates import Estimate, mean_estimate, time_estimate
from analysis.pathways.replay import Trace

#: Fewer observations than this leave the file's value.
LEAST = 5
#: A time known by subtraction varies at least so much (sd / mean), and at most so much.
_VARIATION = (0.3, 1.5)

Moments = tuple[float, float, float]


def time_estimates(traces: Sequence[Trace], typical: Mapping[str, float]) -> dict[str, Estimate]:
    """Act -> its time.

    A step with its own event, and an act that stands alone between two known moments: fitted. Where spans hold one act
    more than is known (a complication beside what everybody goes through), its mean is the difference of the means, its
    variance that of the variances. Where they hold several unknown ones, the sum is shared out in the file's
    proportion.

    Parameters
    ----------
    typical : act -> mean days as the file has them.
    """
    spans: dict[tuple[str, ...], list[float]] = {}
    services: dict[str, list[float]] = {}
    for trace in traces:
        for span in trace.spans:
            spans.setdefault(span.acts, []).append(span.days)
        for name, days in trace.services.items():
            services.setdefault(name, []).append(days)
    alone = {acts[0]: days for acts, days in spans.items() if len(acts) == 1} | services
    found = {name: time_estimate(f"{name}.time", days) for name, days in sorted(alone.items()) if len(days) >= LEAST}
    known = {name: _moments(alone[name]) for name in found}
    several = {acts: days for acts, days in spans.items() if len(acts) > 1 and len(days) >= LEAST}
    while unsolved := _next(several, known, typical):
        missing = [name for name in unsolved if name not in known]
        for name, moments in _rest(several[unsolved], unsolved, missing, known, typical).items():
            known[name] = moments
            found[name] = _told(name, moments, len(several[unsolved]), missing)
    return found


def _moments(days: Iterable[float]) -> Moments:
    """Mean, variance, and variance of the mean."""
    values = np.asarray(list(days), float)
    variance = float(values.var(ddof=1))
    return float(values.mean()), variance, variance / len(values)


def _next(
    several: Mapping[tuple[str, ...], list[float]], known: Mapping[str, Moments], typical: Mapping[str, float]
) -> tuple[str, ...] | None:
    """The spans to look at next: those with fewest unknown acts, of these the most frequent."""
    open_ = [acts for acts in several if any(name not in known for name in acts) and set(acts) <= set(typical)]
    return min(
        open_,
        key=lambda acts: (sum(name not in known for name in acts), -len(several[acts]), acts),
        default=None,
    )


def _rest(
    days: list[float], acts: tuple[str, ...], missing: list[str], known: Mapping[str, Moments],
    typical: Mapping[str, float],
) -> dict[str, Moments]:  # fmt: skip
    """Moments of the unknown acts of a span: what the known ones leave."""
    mean, variance, error = _moments(days)
    for name in acts:
        if name in known:
            mean, variance, error = mean - known[name][0], variance - known[name][1], error + known[name][2]
    mean = max(mean, 0.0)
    shares = np.array([typical[name] for name in missing]) / sum(typical[name] for name in missing)
    least, most = ((bound * mean) ** 2 for bound in _VARIATION)
    variance = min(max(variance, least), most)
    spread = shares**2 / (shares**2).sum()
    return {name: (mean * share, variance * part, error * share**2)
            for name, share, part in zip(missing, shares, spread, strict=True)}  # fmt: skip


def _told(name: str, moments: Moments, cases: int, missing: list[str]) -> Estimate:
    mean, variance, error = moments
    why = (
        "by what spans with it are longer" if len(missing) == 1 else f"with {', '.join(missing)}, shared as in the file"
    )
    return mean_estimate(f"{name}.time", mean, float(np.sqrt(variance)), cases, float(np.sqrt(error)), why)
