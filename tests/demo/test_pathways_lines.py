"""Pathway stories in lines and registers: a small hospital in spring 2023 with and without the family."""

from collections.abc import Iterator

import pytest

from analysis.demo.generator import DemoHospital, generate
from analysis.engine import Engine

FAMILY = (
    "cataract_day_surgery", "eras_gastrectomy", "lumbar_day_three", "long_antibiotics", "mdt_lung_diabetes",
    "mdt_pancreas", "minimally_invasive_discectomy", "robot_knee", "value_contract_foot", "remote_follow_up",
    "heart_failure_group", "cheap_antibiotics", "rehabilitation_omitted", "second_head_mri", "surgeon_quality",
)  # fmt: skip
SPRING = {"stays_per_year": 1000, "first": "2023-01", "last": "2023-05"}
#: Groups in which a story of the family acts on stays, or (in general surgery, 03) on antibiotics.
GROUPS = "('CB39', 'GB19', 'IB39', 'GD29', 'EB19', 'HB19', 'IC29', 'KS19', 'FR19', 'HC39', 'HC19')"


def worlds(full: DemoHospital, without: DemoHospital) -> Iterator[Engine]:
    with Engine() as engine:
        for name in ("stays", "charges", "pathway_records", "mdt", "follow_ups", "outcomes", "procedures", "items"):
            engine.put(name, full.tables[name])
            engine.put(f"{name}_without", without.tables[name])
        yield engine


@pytest.fixture(scope="module")
def both() -> Iterator[Engine]:
    yield from worlds(generate(5, **SPRING), generate(5, FAMILY, **SPRING))


def test_lines_of_other_groups_differ_in_the_items_of_the_stories_only(both: Engine):
    """Whoever never lies in one of the groups has the same lines, but for rehabilitation and head MRI."""
    apart = f"""patient_id not in (select patient_id from stays where drg_code in {GROUPS})
        and patient_id not in (select patient_id from stays_without where drg_code in {GROUPS})"""
    for one, other in (("charges", "charges_without"), ("charges_without", "charges")):
        lines = f"select * from {one} where {apart} and item_code not in ('S705', 'S204')"
        assert both.value(f"select count(*) from ({lines} except all select * from {other})") == 0
    assert both.value(f"select count(*) from charges where {apart}") > 10_000


def test_rehabilitation_is_only_left_out_and_head_mri_only_added(both: Engine):
    lost = "from charges_without o anti join charges using (line_id) join stays using (stay_id)"
    added = "from charges c anti join charges_without using (line_id) join stays using (stay_id)"
    assert both.value(f"select count(*) {added} where item_code = 'S705'") == 0
    assert both.value(f"select count(*) {added} where item_code = 'S204' and drg_code = 'BR25'") > 0
    assert both.value(f"select count(*) {lost} where item_code = 'S204'") == 0


def test_look_alikes_are_there_without_the_stories(both: Engine):
    """A second head MRI, no rehabilitation, a change of antibiotics: innocent ones in both worlds."""
    mri = """select count(*) from (select stay_id from charges_without join stays_without using (stay_id)
             where item_code = 'S204' and drg_code = 'BR25' group by 1 having count(*) > 1)"""
    assert both.value(mri) > 0
    spared = """select count(*) from stays_without where drg_code in ('FM19', 'FM29', 'FR29')
                and stay_id not in (select stay_id from charges_without where item_code = 'S705')"""
    assert both.value(spared) > 0
    swapped = """select count(*) from charges_without join stays_without using (stay_id) where department = '09'
                 and drg_code = 'HC39' and item_code = 'D308' and admitted_at >= timestamp '2023-03-01'"""
    assert both.value(swapped) == 0


def test_the_new_technique_shows_in_procedures_and_items(both: Engine):
    codes = "select count(*) from procedures where code = '80.5110'"
    kits = "select count(distinct stay_id) from charges where item_code = 'C216' and quantity > 0"
    assert both.value(codes) > 0 and abs(both.value(codes) - both.value(kits)) <= 1
    assert both.value(codes.replace("procedures", "procedures_without")) == 0
    screws = """select count(*) from charges join items using (item_code) where "group" = 'spine_implant'
                and stay_id in (select stay_id from procedures where code = '80.5110')"""
    assert both.value(screws.replace('"group"', "substitution_group")) == 0


def test_registers_name_the_new_pathways_and_the_monitored(both: Engine):
    names = "select count(*) from {} where pathway in ('cataract_day_surgery', 'gastric_cancer_eras')"
    assert both.value(names.format("pathway_records")) > 0
    assert both.value(names.format("pathway_records_without")) == 0
    watched = """select count(*) from (select stay_id from {0} f join stays using (stay_id)
                 where drg_code = 'FR19' group by 1 having count(*) > 2)"""
    assert both.value(watched.format("follow_ups")) > 0
    assert both.value(watched.format("follow_ups_without")) == 0


def test_meetings_lie_within_their_stays(both: Engine):
    outside = """select count(*) from mdt join stays using (stay_id)
                 where held_at <= admitted_at or held_at >= discharged_at"""
    assert both.value(outside) == 0


def test_forms_are_there_where_the_path_was_left_or_varied(both: Engine):
    forms = "select count(*) from pathway_records where (status in ('varied', 'left')) <> (cause_class is not null)"
    assert both.value(forms) == 0
