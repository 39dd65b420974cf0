"""Costs of all stays of a month by every method, from the tables of the month in the engine."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from analysis.costing.pool_sharing import Basis, Owed, Shares, Whole, share_out
from analysis.costing.scheme import CostingScheme
from analysis.engine import Engine
from analysis.fen import money, money_rows, to_fen
from analysis.vocabulary import codes

_SQL = "analysis.costing"
_ITEMS = tuple(codes("cost_item"))
_CENTRE = "join numbered_centres c on c.hospital_id = x.hospital_id and c.cost_centre = x.cost_centre"
_STAY = "join numbered_stays s on s.stay_id = x.stay_id"
#: Inpatient cost a centre and item: of performing centres, and of clinical centres under an allocation.
_PERFORMING = "select hospital_id, cost_centre, cost_item, inpatient as amount from service_pools"
_CLINICAL = (
    "select hospital_id, cost_centre, cost_item, full_cost as amount from centre_costs where setting = 'inpatient'"
)
_ALTERNATIVE = """select hospital_id, cost_centre, cost_item, amount from alternative_costs
    where setting = 'inpatient' and allocation = $allocation and cost_scope = $scope"""


@dataclass(frozen=True)
class _Month:
    """What the methods share: exact claims and bases of sharing of the month."""

    own: Owed
    material: Owed
    days: Basis
    weight: Basis
    revenue: Basis


def cost_patients(engine: Engine, scheme: CostingScheme | None) -> None:
    """Make case_costs and unallocated, by every method; needs the tables of lines, of services and of allocation."""
    for table in ("numbered_stays", "numbered_centres"):
        engine.make(_SQL, table)
    engine.put("numbered_items", pa.table({"item": list(range(len(_ITEMS))), "cost_item": list(_ITEMS)}))
    month = _read(engine)
    found = dict(_methods(engine, month, scheme)) if scheme else {}
    engine.put("case_costs", _rows(engine, found))
    engine.put("lost", _lost(engine, found))
    engine.create("unallocated", "select * from unallocated_centres union all by name select * from lost")


def _methods(engine: Engine, month: _Month, scheme: CostingScheme) -> Iterator[tuple[str, Shares]]:
    """Every method with the shares it makes."""
    by_days = [(0,)] * len(_ITEMS)
    top_down = [("top_down", _CLINICAL, {})]
    for other in codes("allocation_method"):
        if other != scheme.allocation:
            top_down.append((f"top_down_{other}", _ALTERNATIVE, {"allocation": other, "scope": scheme.scope}))
    for method, select, values in top_down:
        pools = _pools(engine, select, **values)
        if method == "top_down" or pools.any():
            yield method, share_out(pools, [month.own], [month.days], by_days)
    pools = _pools(engine, _PERFORMING)
    beds = [(1, 0) if item in scheme.bed_items else (0, 1) for item in _ITEMS]
    yield "bottom_up", share_out(pools, [month.own, month.material], [month.weight, month.days], beds)
    by_revenue = [(0, 1)] * len(_ITEMS)
    yield "cost_to_income", share_out(pools, [month.own], [month.revenue, month.days], by_revenue)


def _read(engine: Engine) -> _Month:
    own = engine.frame(
        f"""select s.stay, c.centre, i.item, x.amount from own_items x {_STAY} {_CENTRE}
        join numbered_items i on i.cost_item = x.cost_item order by all"""
    )
    days = engine.frame(
        f"""select s.stay, c.centre, x.days from patient_days x {_STAY} {_CENTRE} and c.class = 'clinical'
        order by all"""
    )
    shares = engine.frame(
        f"""select s.stay, c.centre, x.weight, x.revenue, x.material from service_shares x {_STAY} {_CENTRE}
        order by s.stay, c.centre"""
    )
    numbers = shares["stay"].to_numpy(), shares["centre"].to_numpy()
    materials = np.full(len(shares), _ITEMS.index("materials"))
    return _Month(
        own=Owed(*(own[name].to_numpy() for name in ("stay", "centre", "item")), to_fen(own["amount"].to_numpy())),
        material=Owed(*numbers, materials, to_fen(shares["material"].to_numpy())),
        days=Basis(days["stay"].to_numpy(), days["centre"].to_numpy(), days["days"].to_numpy(float)),
        weight=Basis(*numbers, shares["weight"].to_numpy(float)),
        revenue=Basis(*numbers, shares["revenue"].to_numpy(float)),
    )


def _pools(engine: Engine, select: str, **values: str) -> Whole:
    """(centres, items) fen of a SELECT of hospital_id, cost_centre, cost_item, amount."""
    rows = engine.frame(
        f"""select c.centre, i.item, x.amount from ({select}) x {_CENTRE}
        join numbered_items i on i.cost_item = x.cost_item order by all""",
        **values,
    )
    pools = np.zeros((engine.value("select count(*) from numbered_centres"), len(_ITEMS)), np.int64)
    np.add.at(pools, (rows["centre"].to_numpy(), rows["item"].to_numpy()), to_fen(rows["amount"].to_numpy()))
    return pools


def _rows(engine: Engine, found: dict[str, Shares]) -> pa.Table:
    """Table case_costs: what belongs together summed, numbers become codes, fen become money."""
    stays = engine.arrow("select stay_id from numbered_stays order by stay")["stay_id"]
    centres = engine.arrow("select cost_centre from numbered_centres order by centre")["cost_centre"]
    merged = [_merged(part) for part in found.values()]
    nothing = np.zeros(0, np.int64)
    place, fen = (np.concatenate([nothing, *column]) for column in (list(zip(*merged, strict=True)) or [[], []]))
    stay, pool = np.divmod(place, max(len(centres), 1) * len(_ITEMS))
    method = np.repeat(np.arange(len(found)), [len(place) for place, _ in merged])
    columns = {
        "stay_id": (stay, stays),
        "cost_centre": (pool // len(_ITEMS), centres),
        "method": (method, pa.array(list(found), pa.string())),
        "cost_item": (pool % len(_ITEMS), pa.array(_ITEMS)),
    }
    coded = {
        name: pa.DictionaryArray.from_arrays(pa.array(k, pa.int32()), _whole(v)) for name, (k, v) in columns.items()
    }
    return pa.table(coded | {"amount": money(fen)})


def _merged(part: Shares) -> tuple[Whole, Whole]:
    """Stay, centre and item in one number, each once, with its fen; what comes to nothing is left out."""
    place = (part.stay * part.lost.shape[0] + part.centre) * part.lost.shape[1] + part.item
    order = np.argsort(place, kind="stable")
    place, fen = place[order], part.fen[order]
    first = np.flatnonzero(np.diff(place, prepend=-1))
    sums = np.add.reduceat(fen, first) if len(fen) else fen
    return place[first][sums != 0], sums[sums != 0]


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _lost(engine: Engine, found: dict[str, Shares]) -> pa.Table:
    """Pools that met neither patients nor services, as rows of `unallocated`."""
    centres = engine.frame("select hospital_id, cost_centre, class from numbered_centres order by centre")
    frames = [pd.DataFrame({name: pd.Series(dtype="str") for name in ("hospital_id", "cost_centre", "class")})]
    for method, shares in found.items():
        centre, item = np.nonzero(shares.lost)
        rows = centres.iloc[centre].assign(method=method, cost_item=np.asarray(_ITEMS, object)[item])
        frames.append(rows.assign(fen=shares.lost[centre, item]))
    rows = pd.concat(frames, ignore_index=True)
    columns = {"method": "str", "cost_item": "str", "fen": "int64"}
    rows = rows.reindex(columns=["hospital_id", "cost_centre", "class", *columns]).astype(columns)
    reason = np.where(rows.pop("class") == "technology", "no_services", "no_patients")
    return money_rows(rows.assign(level="case", reason=pd.Series(reason, rows.index, dtype="str")))
