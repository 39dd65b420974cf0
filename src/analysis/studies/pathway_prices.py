"""What a pathway's items and days cost the hospital, and what it is paid: from closed months, for the simulation.

item : cost / quantity over the months: goods at purchase price, services at activity unit cost (which holds no unused
    capacity), over all centres that performed them; of the DRGs' own cases where they used it, else of the whole house.
day  : what the cases cost beside the items that the pathway's course names, over their days: what their beds carry,
    nursing, the daily drugs and tests. Named items and days together make the cost of the cases' elements.
paid : mean payment of the pathway's cases.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.closed_period import ClosedPeriods
from analysis.engine import sql_text
from analysis.errors import InputError
from analysis.pathways.assembling import Cost, assemble
from analysis.pathways.model import Entry, Pathway

_SQL = "analysis.studies"


@dataclass(frozen=True)
class _Used:
    """What the cases used: `items` of `pathway_items.sql`, and days and bed cost by ward."""

    items: pd.DataFrame
    beds: pd.DataFrame

    def costs(self) -> dict[str, Cost]:
        """Unit cost of every item that has one."""
        rows = self.items.groupby(["item_code", "category", "inside"], as_index=False)[["quantity", "cost"]].sum()
        rows = rows[rows["quantity"] > 0].sort_values(["item_code", "inside"])  # the cases' own last: it stands
        return {row.item_code: Cost(row.category, row.cost / row.quantity) for row in rows.itertuples()}

    def prices(self) -> dict[str, float]:
        """Mean charge for a unit of every item that was charged."""
        rows = self.items.groupby(["item_code", "inside"], as_index=False)[["charged", "amount"]].sum()
        rows = rows[rows["charged"] > 0].sort_values(["item_code", "inside"])
        return {row.item_code: row.amount / row.charged for row in rows.itertuples()}

    def day(
        self, named: Collection[str], wards: Collection[str], others: Collection[str]
    ) -> tuple[float, float] | None:
        """Cost and charge of a day in `wards` (empty: all but `others`) beside the named items; None without a day."""
        lain = self.beds["element"]
        days = self.beds[lain.isin(wards) if wards else ~lain.isin(others)]
        rows = self.items[self.items["inside"] & ~self.items["item_code"].isin(named)]
        rows = rows[rows["place"].isin(wards) if wards else ~rows["place"].isin(others)]
        total = float(days["quantity"].sum())
        cost, charge = float(days["cost"].sum()) + float(rows["cost"].sum()), float(rows["amount"].sum())
        return (cost / total, charge / total) if total > 0 else None


def item_costs(periods: ClosedPeriods, drgs: Collection[str]) -> dict[str, Cost]:
    """Cost of one unit of every item that the closed months cost; items they do not cost are not in it.

    Parameters
    ----------
    drgs : DRGs whose cases come first; what they did not use is costed over the whole house.
    """
    cases = _cases(periods, "", Entry(drg=tuple(sorted(drgs))))
    return _used(periods, cases, ()).costs()


def priced(
    pathway: Pathway, periods: ClosedPeriods, wards: Mapping[str, Sequence[str]] | None = None
) -> tuple[Pathway, dict[str, Cost]]:
    """A pathway with what its days cost and what is paid for it in closed months, and the cost of items.

    Parameters
    ----------
    pathway : its cases are those of closed table adherence, else those of its DRGs, principal diagnoses and severities;
        whoever was admitted before the first month is left out.
    wards : resource -> cost centres of its beds (`{"intensive_bed": ["01301"]}`); what is performed there is of its
        days. The other resources that cost anything share all other wards: one price for a day in any of them, so each
        that differs must be named.

    Returns
    -------
    The pathway with `resources.R.cost_a_day` and `payment`, and item code -> Cost. `assembling.unpriced` tells which
    items of the course have none.

    Raises
    ------
    InputError
        No case of the pathway in these months, a ward of none of its cases, or several resources with a cost of their
        own and only one price.
    """
    used, cases, days = _of_pathway(pathway, periods, wards or {})
    resources = {
        name: resource.model_copy(update={"cost_a_day": days[name][0]}) if name in days else resource
        for name, resource in pathway.resources.items()
    }
    payment = float(cases["payment"].mean())
    return pathway.model_copy(update={"resources": resources, "payment": payment}), used.costs()


def booked(pathway: Pathway, periods: ClosedPeriods) -> float:
    """Mean full cost of the pathway's cases as the closed months book it (`cases.cost_total`); NaN without a case.

    More than `priced` gives: unused capacity and what goes with no patient are in it.
    """
    return float(_cases(periods, pathway.id, pathway.entry)["cost_total"].astype(float).mean())


def charged(
    pathway: Pathway, periods: ClosedPeriods, wards: Mapping[str, Sequence[str]] | None = None
) -> tuple[dict[str, float], dict[str, float]]:
    """What is charged: item -> mean charge for a unit, and resource -> charge for a day beside the items of the course.

    Parameters, cases and refusals as `priced`.
    """
    used, _, days = _of_pathway(pathway, periods, wards or {})
    return used.prices(), {name: charge for name, (_, charge) in days.items()}


def _of_pathway(
    pathway: Pathway, periods: ClosedPeriods, wards: Mapping[str, Sequence[str]]
) -> tuple[_Used, pd.DataFrame, dict[str, tuple[float, float]]]:
    """What the cases used, the cases, and resource -> cost and charge of a day."""
    cases = _cases(periods, pathway.id, pathway.entry)
    if cases.empty:
        raise InputError(f"no case of {pathway.id} with cost and payment in these months", where=str(periods.folder),
                         mend="take more months, or look at the pathway's entry")  # fmt: skip
    _check_wards(pathway, wards)
    apart = [ward for some in wards.values() for ward in some]
    used = _used(periods, cases, apart)
    named = {item for row in assemble([pathway]).used.values() for item in row}
    days = {}
    for name, resource in pathway.resources.items():
        if resource.cost_a_day or name in wards:
            day = used.day(named, wards.get(name, ()), apart)
            if day is None:
                raise InputError(f"no case of {pathway.id} lay in the wards of {name}", where=str(periods.folder),
                                 mend="name cost centres where its cases lie")  # fmt: skip
            days[name] = day
    return used, cases, days


def _check_wards(pathway: Pathway, wards: Mapping[str, Sequence[str]]) -> None:
    """Every resource whose day has a cost of its own must be told apart from the others."""
    if unknown := sorted(set(wards) - set(pathway.resources)):
        raise InputError(f"{pathway.id} has no resource {unknown[0]}", where="wards",
                         mend=f"its resources: {', '.join(pathway.resources)}")  # fmt: skip
    prices = {resource.cost_a_day for name, resource in pathway.resources.items() if name not in wards} - {0}
    if len(prices) > 1:
        names = [name for name, resource in pathway.resources.items() if resource.cost_a_day and name not in wards]
        raise InputError(f"days of {' and '.join(names)} of {pathway.id} do not cost the same", where="wards",
                         mend=f"name the cost centres of all but one of them: {{{names[-1]}: [...]}}")  # fmt: skip


def _cases(periods: ClosedPeriods, pathway: str, entry: Entry) -> pd.DataFrame:
    return periods.sql(
        sql_text(_SQL, "pathway_cases"), pathway=pathway, drgs=list(entry.drg), diagnoses=list(entry.diagnosis),
        severities=list(entry.severity), first_day=periods.periods[0].start.isoformat(),
    )  # fmt: skip


def _used(periods: ClosedPeriods, cases: pd.DataFrame, wards: Sequence[str]) -> _Used:
    """Items by place, and days and bed cost of the cases by ward (as the elements of causes tell them)."""
    stays = cases["stay_id"].tolist()
    items = periods.sql(sql_text(_SQL, "pathway_items"), stays=stays, wards=list(wards))
    beds = periods.sql(
        f"select * from ({sql_text('analysis.rootcause', 'sample_elements')}) where category = 'stay'",
        first=periods.periods[0].name, last=periods.period.name, method="bottom_up", with_days=True,
        hospital=cases["hospital_id"].iloc[0] if len(cases) else "", drgs=sorted(set(cases["drg_code"].dropna())),
        bed_items=list(periods.card["scheme"]["bed_items"]),
    )  # fmt: skip
    return _Used(items, beds[beds["stay_id"].isin(stays)])
