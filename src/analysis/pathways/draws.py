"""Random numbers by address: each belongs to a patient, a step and a round, not to its place in a stream.

A scenario that adds, drops or shortens a step leaves every other draw of every patient as it was, so two scenarios
differ by what was changed and by nothing else (common random numbers, quantile-coupled).

The mixing function is the finaliser of SplitMix64 (Steele, Lea, Flood 2014), the normal quantile is algorithm AS 241
(Wichura 1988).
"""

import math

import numpy as np

from analysis.pathways.jit import compiled

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31, _S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)

#: Kinds of distribution and their parameters (p, q, r).
CONSTANT, EXPONENTIAL, LOGNORMAL, WEIBULL, UNIFORM, TRIANGULAR, NORMAL, TABLE = range(8)
#: Quantiles of a table stand at equal steps of the normal score from -REACH to +REACH.
REACH = 8.0
POINTS = 1025


@compiled
def mix(key, word):
    """A new 64-bit key from a key and a whole number."""
    z = (key ^ np.uint64(word)) + _GOLDEN
    z = (z ^ (z >> _S30)) * _FIRST
    z = (z ^ (z >> _S27)) * _SECOND
    return z ^ (z >> _S31)


def key_of(*words: int) -> np.uint64:
    """Key of a seed, a replication, ... down to a patient: the same words, the same key."""
    key = np.uint64(0)
    for word in words:
        key = np.uint64(mix(key, word))
    return key


@compiled
def uniform(key, step, turn):
    """The number in (0, 1) of a patient's key at a step, the turn-th time."""
    z = mix(mix(key, step), turn)
    return (float(z >> _S11) + 0.5) * 1.1102230246251565e-16


#: Coefficients of AS 241, highest power first: near the middle, in the tails, far out; numerator and denominator.
_MIDDLE = (
    (2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125,
     1971.5909503065514427, 133.14166789178437745, 3.387132872796366608),
    (5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077,
     687.1870074920579083, 42.313330701600911252, 1.0),
)  # fmt: skip
_TAIL = (
    (7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
     3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734),
    (1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
     0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187, 1.0),
)  # fmt: skip
_FAR = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386, 0.026532189526576123093,
     0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772),
    (2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4,
     0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769, 1.0),
)  # fmt: skip


@compiled
def _ratio(r, coefficients):
    """Quotient of two polynomials by Horner's rule."""
    over, under = 0.0, 0.0
    for power in range(8):
        over = over * r + coefficients[0][power]
        under = under * r + coefficients[1][power]
    return over / under


@compiled
def normal_score(u):
    """Quantile of the standard normal distribution, relative error about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        return q * _ratio(0.180625 - q * q, _MIDDLE)
    r = math.sqrt(-math.log(u if q < 0 else 1.0 - u))
    z = _ratio(r - 1.6, _TAIL) if r <= 5.0 else _ratio(r - 5.0, _FAR)
    return -z if q < 0 else z


@compiled
def quantile(kind, p, q, r, tables, u):
    """Value of a distribution at probability u.

    CONSTANT p · EXPONENTIAL mean p · LOGNORMAL of log mean p, log sd q · WEIBULL shape p, scale q · UNIFORM p to q ·
    TRIANGULAR p, mode q, r · NORMAL mean p, sd q, not below r · TABLE row p of `tables` times q, plus r.
    """
    if kind == EXPONENTIAL:
        return -p * math.log(1.0 - u)
    if kind == CONSTANT:
        return p
    if kind == LOGNORMAL:
        return math.exp(p + q * normal_score(u))
    if kind == WEIBULL:
        return q * (-math.log(1.0 - u)) ** (1.0 / p)
    if kind == UNIFORM:
        return p + (q - p) * u
    if kind == TRIANGULAR:
        if u * (r - p) < q - p:
            return p + math.sqrt(u * (r - p) * (q - p))
        return r - math.sqrt((1.0 - u) * (r - p) * (r - q))
    if kind == NORMAL:
        return max(r, p + q * normal_score(u))
    at = (min(max(normal_score(u), -REACH), REACH) + REACH) * ((POINTS - 1) / (2.0 * REACH))
    low = min(int(at), POINTS - 2)
    row = tables[int(p)]
    return (row[low] + (at - low) * (row[low + 1] - row[low])) * q + r
