"""A hospital's cost gap to its peers, DRG by DRG: case mix, days, or the cost of a day; where only stays are known."""

from collections.abc import Collection
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.closed_period import ClosedPeriods
from analysis.engine import sql_text
from analysis.rootcause.intervals import judged
from analysis.rootcause.resampling import LEAST_CLUSTERS, cluster_weights, effective_clusters
from analysis.rootcause.significance import benjamini_hochberg
from analysis.rootcause.stay_gap import EFFECTS, Sums, fen_rows, merged_strata, stay_gap

#: What is shown of each pair of DRG and hospital; gap = mix + within, within = stay + day_cost.
SHOWN = ("gap", "mix", "within", "stay", "day_cost")
#: Peer hospitals are drawn alike for all hospitals of a DRG.
_peer_weights = lru_cache(maxsize=2)(cluster_weights)


def peer_gaps(
    closed: ClosedPeriods, drgs: Collection[str] = (), *, least_drg: int = 200, least: int = 30,
    least_stratum: int = 5, alike: bool = False, draws: int = 2000, seed: int = 20, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Cost gap of each hospital to all other hospitals of the DRG, split into mix, stay and cost of a day.

    The other side is every case of every other hospital of the DRG, each case counting alike. Strata are severity x
    age band, neighbours merged until each has `least_stratum` cases on both sides (analysis.rootcause.stay_gap).
    The cost of a day is a stay's mean, operation included: longer stays make it cheaper, and one more day costs less
    than it. Intervals: the hospital's cases and the peer hospitals, whole, are drawn again, strata as they are. Fewer
    than ten peers: no interval. q-values by Benjamini-Hochberg within an effect over all pairs.

    Parameters
    ----------
    closed : periods of an alliance with cost and stay of its cases.
    drgs : codes; empty for all.
    least_drg : DRGs with at least so many cases. least : hospitals with at least so many of them.
    alike : every peer hospital with ten cases or more counts alike, whatever its number of cases.

    Returns
    -------
    One row a DRG, hospital and effect (SHOWN): drg_code, hospital_id, effect, cases, peers (hospitals), peer_cases,
    strata, amount_total and amount_per_case (positive = dearer than the peers; totals add up to the fen), ci_low,
    ci_high (of amount_total), p_value, q_value, own_cost, peer_cost (per case), own_days, peer_days, own_day_cost,
    peer_day_cost (raw means).
    """
    cases = closed.sql(sql_text("analysis.studies", "peer_gap_cases"))
    ranks = _ranks(cases)
    rows = [
        _gap_rows(hospitals, place, draws, seed, level)
        for code, drg in cases.groupby("drg_code")
        if len(drg) >= least_drg and (not drgs or code in drgs)
        for hospitals in [_Hospitals(drg, ranks, least_stratum, alike)]
        for place in np.flatnonzero(hospitals.cases >= least)
        if hospitals.others(place).any()
    ]
    if not rows:
        return pd.DataFrame()
    found = pd.concat(rows, ignore_index=True)
    found["q_value"] = found.groupby("effect")["p_value"].transform(lambda p: benjamini_hochberg(p.to_numpy()))
    return found


def wide_gaps(gaps: pd.DataFrame) -> pd.DataFrame:
    """One row a DRG and hospital: gap, mix, stay, day_cost and the gap's interval per case, q-value of the gap."""
    key = ["drg_code", "hospital_id"]
    effects = gaps.pivot(index=key, columns="effect", values="amount_per_case")[["gap", "mix", "stay", "day_cost"]]
    whole = gaps[gaps["effect"] == "gap"].set_index(key).drop(columns=["effect", "amount_per_case", "p_value"])
    bounds = whole[["ci_low", "ci_high"]].div(whole["cases"], axis=0)
    return effects.join(whole.assign(**bounds)).reset_index()


def _ranks(cases: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Severities in the order of their mean cost, age bands in the order of their first number."""
    severity = cases.groupby("severity")["cost"].mean().rank(method="first")
    bands = cases["age_band"].drop_duplicates()
    from_age = bands.str.extract(r"(\d+)")[0].astype(float).fillna(-1)
    return severity, pd.Series(from_age.rank(method="first").to_numpy(), index=bands)


class _Hospitals:
    """Cases of one DRG, summed by hospital and cell (severity x age band)."""

    def __init__(self, drg: pd.DataFrame, ranks: tuple[pd.Series, pd.Series], least_stratum: int, alike: bool):
        self.drg, self.least_stratum = str(drg["drg_code"].iloc[0]), least_stratum
        keys = pd.DataFrame({"group": drg["severity"].map(ranks[0]), "age": drg["age_band"].map(ranks[1])})
        cells = keys.drop_duplicates().sort_values(["group", "age"], ignore_index=True)
        self.groups = cells["group"].to_numpy(int)
        self.codes, self.hospital = np.unique(drg["hospital_id"], return_inverse=True)
        self.cell = keys.merge(cells.reset_index(names="cell"), on=["group", "age"])["cell"].to_numpy()
        self.values = np.column_stack([np.ones(len(drg)), drg["days"], drg["cost"]])
        self.sums = np.zeros((len(self.codes), len(cells), 3))
        np.add.at(self.sums, (self.hospital, self.cell), self.values)
        self.cases = self.sums[..., 0].sum(1)
        self.weight = np.where(self.cases >= 10, 1 / self.cases, 0.0) if alike else np.ones(len(self.codes))

    def others(self, place: int) -> NDArray[np.bool_]:
        return (np.arange(len(self.codes)) != place) & (self.weight > 0)

    def strata(self, place: int) -> NDArray[np.float64]:
        """(cells, strata) which stratum each cell belongs to."""
        own, peers = (s[..., 0].sum(0) for s in (self.sums[[place]], self.sums[self.others(place)]))
        return np.eye(len(self.groups))[merged_strata(own, peers, self.groups, self.least_stratum)]


def _gap_rows(hospitals: _Hospitals, place: int, draws: int, seed: int, level: float) -> pd.DataFrame:
    others, strata = hospitals.others(place), hospitals.strata(place)
    strata = strata[:, strata.any(0)]
    weighted = hospitals.sums[others] * hospitals.weight[others][:, None, None]
    peers = np.einsum("hcv,cs->hsv", weighted, strata)
    own = hospitals.sums[place].T @ strata
    n = hospitals.cases[place]
    estimate = n * stay_gap(Sums(own.T[None], peers.sum(0)[None]))
    totals = {"own": own.sum(1), "peers": weighted.sum((0, 1)), "peer_cases": hospitals.cases[others].sum()}
    fen = fen_rows(estimate, n * _difference(totals))
    rows = pd.DataFrame({"effect": SHOWN, "amount_total": fen[list(SHOWN)].iloc[0].to_numpy() / 100})
    rows["amount_per_case"] = rows["amount_total"] / n
    rows[["ci_low", "ci_high", "p_value"]] = _uncertainty(hospitals, place, strata, peers, estimate, draws, seed, level)
    rows.insert(0, "drg_code", hospitals.drg)
    rows.insert(1, "hospital_id", hospitals.codes[place])
    return rows.assign(cases=int(n), peers=int(others.sum()), strata=strata.shape[1], **_means(totals))


def _difference(totals: dict) -> NDArray[np.float64]:
    return np.array([totals["own"][2] / totals["own"][0] - totals["peers"][2] / totals["peers"][0]])


def _means(totals: dict) -> dict[str, float]:
    named = {"own": totals["own"], "peer": totals["peers"]}
    means = {"peer_cases": int(totals["peer_cases"])}
    for side, (cases, days, cost) in named.items():
        means |= {f"{side}_cost": cost / cases, f"{side}_days": days / cases, f"{side}_day_cost": cost / days}
    return means


def _uncertainty(
    hospitals: _Hospitals, place: int, strata: NDArray, peers: NDArray, estimate: NDArray,
    draws: int, seed: int, level: float,
) -> NDArray[np.float64]:  # fmt: skip
    """(5, 3) interval from, to and p-value of SHOWN; empty where there are too few peers."""
    n, others = int(hospitals.cases[place]), hospitals.others(place)
    if min(n, others.sum()) < LEAST_CLUSTERS:
        return np.full((len(SHOWN), 3), np.nan)
    mine = hospitals.hospital == place
    cells = hospitals.values[mine][:, None, :] * strata[hospitals.cell[mine]][:, :, None]
    own_draws = (cluster_weights(n, draws, seed) @ cells.reshape(n, -1)).reshape(draws, -1, 3)
    peer_draws = (_peer_weights(len(peers), draws, seed + 1) @ peers.reshape(len(peers), -1)).reshape(draws, -1, 3)
    drawn = _shown(n * stay_gap(Sums(own_draws, peer_draws)))
    shown = _shown(estimate)[0]
    clusters = min(n, effective_clusters(peers[..., 0].sum(1)))
    return np.column_stack(judged(shown, drawn, clusters, level))


def _shown(effects: NDArray[np.float64]) -> NDArray[np.float64]:
    """(draws, 5) from (draws, 3)."""
    mix, stay, day_cost = (effects[:, place] for place in range(len(EFFECTS)))
    return np.column_stack([mix + stay + day_cost, mix, stay + day_cost, stay, day_cost])
