"""What a minute of staff and a bed-day truly cost, before the noise of booking, from the generator's own parameters."""

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.demo.accounts import (
    SERVED,
    CentreRow,
    area_of,
    centre_rows,
    expenses,
    goods,
    served,
    staff_of,
    used_of_standard,
)  # fmt: skip
from analysis.demo.plans import minutes_of
from analysis.demo.tally import Tally
from analysis.demo.world import World

#: The centre whose cost follows floor area, and the auxiliary centre that serves whoever works.
_PROPERTY, _TRANSPORT = "0499", "0306"


def true_rates(world: World, tally: Tally) -> pd.DataFrame:
    """What the time and the beds of every performing centre cost in every month, in yuan.

    Returns
    -------
    month, cost_centre, direct and full (cost of the centre's time), minutes (practical; of the ward where a centre
    serves both), bed_days, beds (cost of its bed-days), standard (material used / material of the recipes), outside
    (revenue of all its services / of its inpatients').

    Time is pay, in technology centres with what stands there (equipment, property by area); in wards that belongs to
    the beds, as do goods that are not charged. What administration (caused by heads) and auxiliary centres (by what
    they serve) give is joint cost: in wards their people's work goes with time, their things go with the beds.
    """
    months = [_of_month(world, tally, month) for month in range(len(world.months))]
    return pd.concat(months, ignore_index=True)


def _of_month(world: World, tally: Tally, month: int) -> pd.DataFrame:
    rows = pd.DataFrame([_part(world, tally, part, month) for part in _parts(world)])
    given = _received(rows)
    performing = (rows["class"] == "technology") | (rows["setting"] == "inpatient")
    ward = rows["class"] == "clinical"
    around = rows["property"] + given["things"]
    rows["direct"] = rows["work"] + (rows["things"] + rows["property"]).where(~ward, 0.0)
    rows["full"] = rows["work"] + given["work"] + (rows["things"] + around).where(~ward, 0.0)
    rows["beds"] = (rows["things"] + around).where(ward, 0.0)
    rows["month"] = world.months[month].name
    return rows.loc[
        performing, ["month", "cost_centre", "direct", "full", "minutes", "bed_days", "beds", "standard", "outside"]
    ]


def _received(rows: pd.DataFrame) -> pd.DataFrame:
    """Work and things that each row is given by administration and auxiliary centres; puts `property` into `rows`."""
    kind, others = rows["class"], rows["cost_centre"] != _PROPERTY
    rows["property"] = _shared(rows.loc[~others, ["work", "things"]].to_numpy().sum(), rows["area"].where(others, 0.0))
    own = pd.DataFrame({"work": rows["work"], "things": rows["things"] + rows["property"]})
    leads, takers = (kind == "administration") & others, kind.isin(["technology", "clinical"])
    heads = rows["staff"].where(kind != "administration", 0.0)
    given = pd.DataFrame({part: _shared(own.loc[leads, part].sum(), heads) for part in own})
    passed_on = own + given
    for driver, code in [*SERVED.items(), ("staff", _TRANSPORT)]:
        giver = rows["cost_centre"] == code
        for part in own:
            given[part] += _shared(passed_on.loc[giver, part].sum(), rows[driver].where(takers, 0.0))
    return given


def _parts(world: World) -> list[CentreRow]:
    """The centres, one of both settings as two: its ward and its clinic."""
    settings = {"both": ("inpatient", "outpatient")}
    return [
        replace(centre, setting=setting)
        for centre in centre_rows(world)
        for setting in settings.get(centre.setting, (centre.setting,))
    ]


def _part(world: World, tally: Tally, part: CentreRow, month: int) -> dict[str, object]:
    """What a centre spends on work and on things (without goods charged and used up), and what it takes from others."""
    spent = {item: fen / 100 for item, fen in expenses(world, tally, part, month, np.ones(6)).items()}
    standard = used_of_standard(world, part, month)
    row = {
        "cost_centre": part.code, "class": part.class_, "setting": part.setting, "staff": staff_of(world, part),
        "area": area_of(world, part), "minutes": minutes_of(world, part), "standard": standard,
        "bed_days": 0.0, "outside": 1.0, "work": spent["personnel"], "things": sum(spent.values()) - spent["personnel"],
    }  # fmt: skip
    if part.class_ == "technology":
        inside = tally.ordered_inpatient[month, :, part.department - world.clinical].sum()
        outside = tally.ordered_outpatient[month, :, part.department - world.clinical].sum()
        row["things"] -= spent["materials"]
        row["outside"] = 1 + outside / inside if inside else np.nan
    if part.setting == "inpatient":
        drugs, charged, _, _ = goods(world, tally, part, month)
        row["things"] -= (drugs + charged + tally.material[month, part.department] * standard) / 100
        row["bed_days"] = tally.bed_days[month, part.department]
    return row | served(world, tally, part, month)


def _shared(amount: float, quantity: pd.Series) -> pd.Series:
    return amount * quantity / quantity.sum() if quantity.sum() else quantity * 0.0
