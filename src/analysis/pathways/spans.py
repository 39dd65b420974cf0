"""How long each act takes, from spans between known moments that hold one act or several."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from analysis.pathways.estimates import Estimate, mean_estimate, time_estimate
from analysis.pathways.replay import Trace

#: Fewer observations than this leave the file's value.
LEAST = 5
#: A time known by subtraction varies at least so much (sd / mean), and at most so much.
_VARIATION = (0.3, 1.5)

#: Mean, variance, and variance of the mean.
Moments = tuple[float, float, float]
#: Acts, and the days they took together.
Spans = tuple[tuple[str, ...], float]


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
    several = [(acts, days) for acts, of in spans.items() if len(acts) > 1 and set(acts) <= set(typical) for days in of]
    while following := _next(several, known):
        missing, inside = following
        for name, moments in _rest(inside, missing, known, typical).items():
            known[name] = moments
            found[name] = _told(name, moments, len(inside), missing)
    return found


def _moments(days: Iterable[float]) -> Moments:
    """Mean, variance, and variance of the mean."""
    values = np.asarray(list(days), float)
    variance = float(values.var(ddof=1))
    return float(values.mean()), variance, variance / len(values)


def _next(several: Sequence[Spans], known: Mapping[str, Moments]) -> tuple[tuple[str, ...], list[Spans]] | None:
    """Acts to look at next with the spans that lack them alone: as few as can be, of these the most frequent."""
    groups: dict[tuple[str, ...], list[Spans]] = {}
    for acts, days in several:
        missing = tuple(name for name in acts if name not in known)
        if missing:
            groups.setdefault(missing, []).append((acts, days))
    enough = [missing for missing, of in groups.items() if len(of) >= LEAST]
    first = min(enough, key=lambda missing: (len(missing), -len(groups[missing]), missing), default=None)
    return (first, groups[first]) if first else None


def _rest(
    inside: Sequence[Spans], missing: tuple[str, ...], known: Mapping[str, Moments], typical: Mapping[str, float]
) -> dict[str, Moments]:
    """Moments of the unknown acts of spans: what the known ones leave."""
    others = [[known[name] for name in acts if name in known] for acts, _ in inside]
    left = [days - sum(mean for mean, _, _ in of) for (_, days), of in zip(inside, others, strict=True)]
    mean, variance, error = _moments(left)
    variance -= float(np.mean([sum(of_variance for _, of_variance, _ in of) for of in others]))
    error += float(np.mean([sum(of_error for _, _, of_error in of) for of in others]))
    mean = max(mean, 0.0)
    shares = np.array([typical[name] for name in missing]) / sum(typical[name] for name in missing)
    least, most = ((bound * mean) ** 2 for bound in _VARIATION)
    spread = shares**2 / (shares**2).sum() * min(max(variance, least), most)
    return {name: (mean * share, part, error * share**2)
            for name, share, part in zip(missing, shares.tolist(), spread.tolist(), strict=True)}  # fmt: skip


def _told(name: str, moments: Moments, cases: int, missing: tuple[str, ...]) -> Estimate:
    mean, variance, error = moments
    why = "what spans with it are longer" if len(missing) == 1 else f"with {', '.join(missing)}, shared as in the file"
    return mean_estimate(f"{name}.time", mean, float(np.sqrt(variance)), cases, float(np.sqrt(error)), why)
