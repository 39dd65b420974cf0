"""Master data of the house: hospital and departments."""

import pyarrow as pa

from analysis.demo import columns as col
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
