"""Draws of the cluster bootstrap: how often each cluster (a physician, else a patient) is taken, as weights.

Everything that is estimated is refitted in every draw from sums per cluster: a draw costs one row of a matrix product.
The same physician is one cluster on both sides of a comparison and is drawn jointly.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: With fewer clusters there is no interval, only a note.
LEAST_CLUSTERS = 10


def cluster_weights(clusters: int, draws: int, seed: int) -> NDArray[np.float64]:
    """How often each cluster comes in each draw of as many clusters, with replacement.

    Parameters
    ----------
    clusters : K, at least 1.
    draws : D.
    seed : of the draws; the same seed gives the same matrix.

    Returns
    -------
    (D, K) whole numbers as floats; every row sums to K.
    """
    taken = np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    return taken.astype(np.float64)


def effective_clusters(sizes: ArrayLike) -> float:
    """K* = K / (1 + cv^2) of the clusters' sizes = (sum n)^2 / sum n^2: as many equal clusters tell as much.

    Tails of p-values have K* - 1 degrees of freedom (Carter, Schnepel and Steigerwald 2017, Review of Economics and
    Statistics 99(4), 698-709, with the part of their measure that comes from unequal sizes). Clusters without cases do
    not count; 0 where there is none.
    """
    n = np.asarray(sizes, dtype=np.float64)
    squares = float((n**2).sum())
    return float(n.sum()) ** 2 / squares if squares else 0.0
