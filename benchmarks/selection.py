"""How often the best is chosen: KN as this program has it, and with the index of a public package.

`python -m benchmarks.selection`. Trials of normal systems of which one leads by exactly the indifference zone (the
worst case the guarantee is for), spreads unequal. The public variant is KN as sim-tools has it (indifference_zone.py of
github.com/TomMonks/sim-tools, commit 591a106): the variances of differences lie in a flat array of k (k - 1) without
the diagonal and are looked up at i (k - 1) + (l - 1), which is right for l > i only; for l < i another pair's variance
is read.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from analysis.pathways.selection import select_best

Floats = NDArray[np.float64]

#: Spread of each system; the last number is the place of the best.
CASES = {
    "3 systems, one wild": ((1.0, 8.0, 1.0), 2),
    "4 systems, spreads 1 to 4": ((1.0, 4.0, 2.0, 3.0), 3),
    "5 systems, two wild": ((1.0, 6.0, 1.0, 6.0, 1.0), 4),
    "6 systems, spreads equal": ((2.0,) * 6, 5),
}
DELTA, FIRST, CONFIDENCE = 1.0, 10, 0.95


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--trials", type=int, default=1000)
    trials = asked.parse_args().trials
    print(f"{trials:,} trials each; at least {CONFIDENCE} is promised")
    print("| systems | right | 95 % interval | replications | right, public index |\n|---|---|---|---|---|")
    begun = time.process_time()
    for name, (spreads, best) in CASES.items():
        ours, taken = _rate(_ours, spreads, best, trials)
        theirs, _ = _rate(_public, spreads, best, trials)
        low, high = stats.binomtest(ours, trials).proportion_ci(method="wilson")
        print(f"| {name} | {ours / trials:.3f} | {low:.3f} to {high:.3f} | {taken:,.0f} | {theirs / trials:.3f} |")
    print(f"{time.process_time() - begun:.0f} processor seconds")


def _rate(choose: Callable, spreads: tuple[float, ...], best: int, trials: int) -> tuple[int, float]:
    """How many trials end with the best, and the mean number of replications of all systems together."""
    means = np.zeros(len(spreads))
    means[best] = DELTA
    right, taken = 0, 0
    for trial in range(trials):
        rngs = [np.random.default_rng([trial, system]) for system in range(len(spreads))]
        found, used = choose(lambda i, a, b, rngs=rngs: rngs[i].normal(means[i], spreads[i], b - a), len(spreads))
        right += found == best
        taken += used
    return right, taken / trials


def _ours(draw: Callable[[int, int, int], Floats], systems: int) -> tuple[int, int]:
    found = select_best(draw, systems, delta=DELTA, confidence=CONFIDENCE, first=FIRST, batch=50)
    return found.best, sum(found.replications)


def _public(draw: Callable[[int, int, int], Floats], systems: int) -> tuple[int, int]:
    """The same procedure with variances of differences looked up as the public package does."""
    sums = [draw(system, 0, FIRST) for system in range(systems)]
    start = np.array(sums)
    spread = (start[:, None, :] - start[None, :, :]).var(axis=2, ddof=1)
    flat = spread[~np.eye(systems, dtype=bool)]
    eta = 0.5 * ((2 * (1 - CONFIDENCE) / (systems - 1)) ** (-2 / (FIRST - 1)) - 1)
    h2, total, left, r, taken = 2 * eta * (FIRST - 1), start.sum(axis=1), list(range(systems)), FIRST, FIRST * systems
    while len(left) > 1:
        means = total / r
        limit = {(i, j): max(0.0, DELTA / (2 * r) * (h2 * flat[i * (systems - 1) + j - 1] / DELTA**2 - r))
                 for i in left for j in left if i != j}  # fmt: skip
        left = [i for i in left if all(means[i] >= means[j] - limit[i, j] for j in left if j != i)]
        if len(left) > 1:
            for i in left:
                total[i] += draw(i, r, r + 1)[0]
            r, taken = r + 1, taken + len(left)
    return left[0] if left else -1, taken


if __name__ == "__main__":
    main()
