"""Who stands out among peers: funnel limits on the logarithm of observed / expected, and gamma-Poisson shrinkage.

Both take a small number of cases as what it is, little to go by. They rank and ask; they say nothing about fault.
"""

import numpy as np
from scipy import optimize, stats

#: Two-sided 95 % and 99.8 % of the normal distribution.
WARNING, LIMIT = 1.959964, 3.090232
#: Share of the units at each end whose z is drawn in before overdispersion is measured.
_DRAWN_IN = 0.1


def overdispersion(y: np.ndarray, s: np.ndarray, drawn_in: float = _DRAWN_IN) -> float:
    """phi of Spiegelhalter (2005): mean of z^2, z = y / s drawn in to its quantiles `drawn_in` and 1 - `drawn_in`."""
    z = y / s
    return float(np.mean(np.clip(z, *np.quantile(z, [drawn_in, 1 - drawn_in])) ** 2))


def spread_among(y: np.ndarray, s: np.ndarray) -> float:
    """tau2, the variance among peers beyond chance, by the method of moments.

    phi of `overdispersion` with 10 % drawn in at each end; w = 1 / s^2;
    tau2 = max(0, (n phi - (n - 1)) / (sum w - sum w^2 / sum w)); 0 with fewer than three units or no overdispersion.
    """
    if len(y) < 3:
        return 0.0
    phi = overdispersion(y, s)
    w = 1 / s**2
    return max(0.0, (len(y) * phi - (len(y) - 1)) / float(w.sum() - (w**2).sum() / w.sum()))


def funnel_z(y: np.ndarray, s: np.ndarray, tau2: float) -> np.ndarray:
    """z' = y / sqrt(s^2 + tau2)."""
    return y / np.sqrt(s**2 + tau2)


def upper_limit(s: np.ndarray, tau2: float, z: float = LIMIT) -> np.ndarray:
    """Observed / expected at which a unit crosses the limit: exp(z sqrt(s^2 + tau2))."""
    return np.exp(z * np.sqrt(s**2 + tau2))


def gamma_prior(observed: np.ndarray, expected: np.ndarray) -> tuple[float, float]:
    """Shape and rate of the gamma distribution of the units' true ratios, by maximum likelihood.

    Counts are negative binomial: O ~ NB(shape, rate / (rate + E)).
    """

    def cost(logs: np.ndarray) -> float:
        shape, rate = np.exp(logs)
        return -float(stats.nbinom.logpmf(observed, shape, rate / (rate + expected)).sum())

    found = optimize.minimize(cost, np.zeros(2), method="L-BFGS-B", bounds=[(-7, 9)] * 2)
    shape, rate = np.exp(found.x)
    return float(shape), float(rate)


def eb05(observed: np.ndarray, expected: np.ndarray, prior: tuple[float, float]) -> np.ndarray:
    """Lower 5 % bound of each unit's ratio after shrinkage: the 5 % quantile of Gamma(shape + O, rate + E)."""
    shape, rate = prior
    return stats.gamma.ppf(0.05, shape + observed, scale=1 / (rate + expected))
