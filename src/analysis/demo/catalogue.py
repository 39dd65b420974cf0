"""The charge catalogue: items at today's prices, prices that changed, codes elsewhere, panels, recipes of services."""

import hashlib
from datetime import date

import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.accounts import centre_rows
from analysis.demo.care import Tariff
from analysis.demo.parameters import Item
from analysis.demo.world import World

_FIRST = date(2020, 1, 1)
_SYSTEM = {"drug": "national_drug", "consumable": "national_consumable"}


def items_table(world: World, tariff: Tariff) -> pa.Table:
    """The catalogue at the prices of the last month."""
    now = sum(start <= world.months[-1] for start in tariff.since)
    return col.rows_table("items", [_item(item, tariff.prices[k, now]) for k, item in enumerate(world.items)])


def _item(item: Item, fen: int) -> dict[str, object]:
    drug, consumable = item.kind == "drug", item.kind == "consumable"
    service = not (drug or consumable)
    return {
        "item_code": item.code,
        "name": item.name,
        "name_en": item.name_en,
        "kind": item.kind,
        "fee_group": item.fee_group or None,
        "unit": item.unit,
        "content": item.content,
        "base_unit": item.base_unit or None,
        "atc": item.atc or None,
        "antibacterial": item.antibacterial if drug else None,
        "origin": item.origin or None,
        "substitution_group": item.group or None,
        "body_site": item.site or None,
        "modality": item.modality or None,
        "separately_charged": item.charged if consumable else None,
        "high_value": item.high if consumable else None,
        "needs_approval": item.approval,
        "insurance_class": item.insurance_class or ("A" if service else None),
        "self_pay_ratio": item.ratio,
        "list_price": col.fen(fen) if item.charged else None,
        "purchase_price": None if service else col.fen(fen),
    }


def item_prices_table(world: World, tariff: Tariff) -> pa.Table:
    """Every item's first price, and the new ones from the day on which they changed."""
    changes = [(k, start.start.date()) for k, start in enumerate(tariff.since, 1) if start <= world.months[-1]]
    rows = []
    for k, item in enumerate(world.items):
        prices = tariff.prices[k]
        known = [(_FIRST, prices[0])] + [(day, prices[n]) for n, day in changes if prices[n] != prices[n - 1]]
        for day, fen in known:
            own = None if item.kind not in _SYSTEM else col.fen(fen)
            listed = col.fen(fen) if item.charged else None
            rows.append({"item_code": item.code, "valid_from": day, "list_price": listed, "purchase_price": own})
    return col.rows_table("item_prices", rows)


def item_codes_table(world: World) -> pa.Table:
    """Codes of items elsewhere, and the procedures that operations imply (beginnings of ICD-9-CM-3 codes, China).

    Those of drugs (23 characters), consumables (27) and services (15 digits) are made up in the shape of the national
    ones.
    """
    rows = []
    for k, item in enumerate(world.items):
        if not item.charged:
            continue
        system = _SYSTEM.get(item.kind, "national_service")
        replaced = k % 19 == 0
        if replaced:
            old = {"code": _national(item, "old"), "valid_from": _FIRST, "valid_to": date(2021, 12, 31)}
            rows.append({"item_code": item.code, "system": system, **old})
        since = date(2022, 1, 1) if replaced else _FIRST
        rows.append({"item_code": item.code, "system": system, "code": _national(item, "now"), "valid_from": since})
        for code in filter(None, item.procedures.split("|")):
            rows.append({"item_code": item.code, "system": "icd9cm3_cn", "code": code, "valid_from": _FIRST})
    return col.rows_table("item_codes", rows)


def item_components_table(world: World) -> pa.Table:
    return col.rows_table(
        "item_components", [{"panel_code": p.panel, "item_code": p.item} for p in world.parameters.panels]
    )


def service_recipes_table(world: World) -> pa.Table:
    """One activity a service in each centre that performs it: minutes of staff, effort against ten minutes, material.

    minutes: how long the service lasts x persons at work in the centre meanwhile. Blood is bought, not made.
    """
    places = world.parameters.departments
    wards = {c.code: places[c.department].persons for c in centre_rows(world) if c.setting in ("inpatient", "both")}
    own = {c.department: {c.code: c.persons} for c in world.parameters.centres if c.department}
    rows = [
        {
            "item_code": item.code,
            "cost_centre": centre,
            "activity": item.activity or item.kind,
            "minutes": round(item.minutes * persons, 3),
            "coefficient": round(max(item.minutes, 1) / 10, 3),
            "material": col.decimal(item.material),
        }
        for item in world.items
        if item.kind not in {*_SYSTEM, "blood"}
        for centre, persons in (own[item.performs] if item.performs else wards).items()
    ]
    return col.rows_table("service_recipes", rows)


def _national(item: Item, which: str) -> str:
    digits = str(int(hashlib.sha256(f"{item.code}.{which}".encode()).hexdigest(), 16))
    if item.kind == "drug":
        return f"X{item.atc:X<7}{digits[:15]}"
    return f"C{digits[:26]}" if item.kind == "consumable" else f"00{digits[:13]}"
