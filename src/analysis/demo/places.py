"""Master data of the house: hospital, departments, resources, and the charge catalogue with its prices and codes."""

import pyarrow as pa

from analysis.demo import columns as col
from analysis.demo.care import Tariff
from analysis.demo.world import World


def hospitals_table(world: World) -> pa.Table:
    card = world.parameters.settings.hospital
    row = {"hospital_id": card.id, **card.model_dump(exclude={"id"})}
    return col.rows_table("hospitals", [row])


def departments_table(world: World, heads: dict[int, str]) -> pa.Table:
    clinical = [
        {
            "hospital_id": world.hospital_id, "department": d.code, "name": d.name, "name_en": d.name_en,
            "specialty": d.specialty, "head": heads.get(k), "beds": max(1, round(d.beds * world.scale)),
        }
        for k, d in enumerate(world.parameters.departments)
    ]  # fmt: skip
    technology = [
        {
            "hospital_id": world.hospital_id, "department": c.department, "name": c.department_name,
            "name_en": c.department_name_en, "specialty": "technology",
        }
        for c in world.parameters.centres
        if c.department
    ]  # fmt: skip
    return col.rows_table("departments", clinical + technology)


def items_table(world: World, tariff: Tariff) -> pa.Table:
    """The catalogue at the prices of the last month."""
    rows = []
    now = int(len(world.months) > tariff.reform_month)
    for k, item in enumerate(world.items):
        drug, consumable = item.kind == "drug", item.kind == "consumable"
        listed = col.fen(tariff.prices[k, now])
        rows.append(
            {
                "item_code": item.code, "name": item.name, "name_en": item.name_en, "kind": item.kind,
                "fee_group": item.fee_group or None, "unit": item.unit, "content": item.content,
                "base_unit": item.base_unit or None, "atc": item.atc or None,
                "antibacterial": item.antibacterial if drug else None, "origin": item.origin or None,
                "substitution_group": item.group or None, "body_site": item.site or None,
                "modality": item.modality or None, "separately_charged": item.charged if consumable else None,
                "high_value": item.high if consumable else None, "needs_approval": item.approval,
                "insurance_class": item.insurance_class or ("A" if item.charged and not (drug or consumable) else None),
                "self_pay_ratio": item.ratio, "list_price": listed if item.charged else None,
                "purchase_price": listed if drug or consumable else None,
            }
        )  # fmt: skip
    return col.rows_table("items", rows)
