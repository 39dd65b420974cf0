"""The best of several scenarios, with a guarantee: the fully sequential procedure KN (Kim and Nelson 2001).

S.-H. Kim, B. L. Nelson: A fully sequential procedure for indifference-zone selection in simulation. ACM Transactions on
Modeling and Computer Simulation 11 (2001) 251-273. Common random numbers are allowed: it looks at differences.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Selected:
    """The scenario chosen, those still in at the end, and the replications each took."""

    best: int
    left: tuple[int, ...]
    replications: tuple[int, ...]


def select_best(
    draw: Callable[[int, int, int], Floats], systems: int, *, delta: float, confidence: float = 0.95, first: int = 10,
    batch: int = 1,
) -> Selected:  # fmt: skip
    """Choose the system with the largest mean; correct with `confidence` where it leads by `delta` or more.

    Parameters
    ----------
    draw : (system, from, to) -> outcomes of its replications from..to-1, in order (smaller is better: give minus it).
    delta : the smallest difference worth telling apart, in the outcome's unit.
    first : replications before the first comparison.
    batch : replications drawn at a time behind it; each is still compared one by one.

    Notes
    -----
    S2_il = variance over the first n0 replications of the difference of i and l; h2 = 2 eta (n0 - 1),
    eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2. After r replications i stays while for every other l still in
    mean_i >= mean_l - max(0, delta / (2 r) (h2 S2_il / delta^2 - r)): each pair has its own variance.
    """
    if systems == 1:
        return Selected(0, (0,), (0,))
    seen = [draw(system, 0, first) for system in range(systems)]
    eta = ((2 * (1 - confidence) / (systems - 1)) ** (-2 / (first - 1)) - 1) / 2
    start = np.array(seen)
    differences = start[:, None, :] - start[None, :, :]
    limit = 2 * eta * (first - 1) * differences.var(axis=2, ddof=1) / delta**2
    most = int(limit.max()) + 1
    left, r = list(range(systems)), first
    while True:
        means = {i: seen[i][:r].mean() for i in left}
        slack = np.maximum(0.0, delta / (2 * r) * (limit - r))
        left = [i for i in left if all(means[i] >= means[j] - slack[i, j] for j in means if j != i)]
        if len(left) == 1 or r >= most:
            best = max(left, key=lambda i: means[i])
            return Selected(best, tuple(left), tuple(len(one) for one in seen))
        r += 1
        for i in left:
            if len(seen[i]) < r:
                seen[i] = np.concatenate([seen[i], draw(i, len(seen[i]), len(seen[i]) + batch)])
