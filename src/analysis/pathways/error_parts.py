"""What is not known of a simulated mean, in two parts: parameters, and the chance of the simulation itself.

values[i, j] = mu + a_i + b_j + e_ij: a the draw of the parameters, b the replication (the patients of its random
numbers), e what is left. With the same random numbers in every draw (common) b is shared by all of them:

    MSA = r sum_i (row_i - m)^2 / (d - 1)      MSB = d sum_j (column_j - m)^2 / (r - 1)
    MSE = sum_ij (y_ij - row_i - column_j + m)^2 / ((d - 1)(r - 1))
    parameters max(0, (MSA - MSE) / r)   a replication max(0, (MSB - MSE) / d) + MSE
    chance of the mean  max(0, (MSB - MSE) / d) / r + MSE / (d r)

(two-way random effects; S. R. Searle, G. Casella, C. E. McCulloch: Variance Components, Wiley 1992, chapter 4). With
random numbers of its own in every draw, one-way (nested), with MSW within the draws in place of MSE:

    parameters max(0, (MSA - MSW) / r)   a replication MSW   chance of the mean MSW / (d r)

(A. O'Hagan, M. Stevenson, J. Madan: Monte Carlo probabilistic sensitivity analysis for patient level simulation models.
Health Economics 16 (2007) 1009-1023). One-way figures of common random numbers would take b for noise of every draw and
subtract it from the parameters' part, in which it is not.
"""

from dataclasses import dataclass

import numpy as np

from analysis.pathways.outcomes import Floats


@dataclass(frozen=True)
class ErrorParts:
    """Variance components of a simulated mean.

    mean : over all · parameter : variance between draws of the parameters · replication : variance of one replication ·
    chance : variance of `mean` that more replications would take away · low, high : 95 % interval that holds both.
    """

    mean: float
    parameter: float
    replication: float
    chance: float
    low: float
    high: float

    @property
    def share(self) -> float:
        """Share of the parameters in what is not known of the mean; NaN where nothing varies."""
        return self.parameter / (self.parameter + self.chance) if self.parameter + self.chance > 0 else np.nan


def error_parts(values: Floats, *, common: bool) -> ErrorParts:
    """Split the variance of values (draws, replications), at least two of each.

    The interval: quantiles 2.5 and 97.5 % of the draws' means, drawn together around the mean so that their variance is
    `parameter` + `chance`; its shape is that of the draws.
    """
    draws, replications = values.shape
    mean, rows = float(values.mean()), values.mean(axis=1)
    between = replications * float(rows.var(ddof=1))
    if common:
        shared = draws * float(values.mean(axis=0).var(ddof=1))
        rest = values - rows[:, None] - values.mean(axis=0)[None, :] + mean
        within = float((rest**2).sum()) / ((draws - 1) * (replications - 1))
        patients = max(0.0, (shared - within) / draws)
    else:
        within, patients = float(values.var(axis=1, ddof=1).mean()), 0.0
    parameter = max(0.0, (between - within) / replications)
    chance = patients / replications + within / (draws * replications)
    spread = rows.std(ddof=1)
    drawn = np.sqrt(parameter + chance) / spread if spread > 0 else 0.0
    low, high = mean + drawn * (np.quantile(rows, [0.025, 0.975]) - mean)
    return ErrorParts(mean, parameter, patients + within, chance, float(low), float(high))
