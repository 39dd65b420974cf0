"""The figures of BRIEF.md C8, E and F over twenty seeds, by plain group-bys on the tables (three standard errors)."""

from math import sqrt

import pandas as pd
import pytest

from analysis.demo.generator import generate
from analysis.demo.parameters import demo_parameters
from analysis.engine import Engine

pytestmark = pytest.mark.slow

SEEDS = range(400, 420)
#: Surgeons of general surgery stay as they are: what they do hides what the antibiotics do.
FAMILY = [
    name for name, story in demo_parameters().stories.practices.items()
    if not story.always and set(story.scenarios) & {"C8", "E1", "E2", "E3", "E4", "F2", "F3", "F4", "F5", "F8"}
]  # fmt: skip
SIZE = {"stays_per_year": 1500, "first": "2022-01", "last": "2023-12"}

#: One figure a row: with the stories, and (tables NAME_without) without them. Each is one number per seed.
QUERIES = {
    "rehabilitation omitted 2022": """select 1 - avg(done::int) from eligible where year(discharged_at) = 2022""",
    "rehabilitation omitted 2023": """select 1 - avg(done::int) from eligible where year(discharged_at) = 2023
        and admitted_at >= timestamp '2023-01-01'""",
    "rehabilitation omitted 2022, naive": """select 1 - avg(done::int) from rehabilitation
        where year(discharged_at) = 2022""",
    "day surgery, charge": """select avg(s.charge_total - o.charge_total)::double from stays s
        join stays_without o using (stay_id) join pathway_records p using (stay_id)
        where p.pathway = 'cataract_day_surgery'""",
    "enhanced recovery, days": """select avg(s.nights - o.nights) from nights s join nights_without o using (stay_id)
        join pathway_records p using (stay_id) where p.pathway = 'gastric_cancer_eras'""",
    "enhanced recovery, charge 2022": """select avg(s.charge_total - o.charge_total)::double from stays s
        join stays_without o using (stay_id) join pathway_records p using (stay_id)
        where p.pathway = 'gastric_cancer_eras' and year(s.discharged_at) = 2022""",
    "endoscopic discectomy, days": """select avg(s.nights - o.nights) from nights s
        join nights_without o using (stay_id)
        where stay_id in (select stay_id from procedures where code = '80.5110') and year(s.discharged_at) = 2022""",
    "endoscopic discectomy, charge": """select sum(s.charge_total)::double / sum(o.charge_total) - 1 from stays s
        join stays_without o using (stay_id)
        where stay_id in (select stay_id from procedures where code = '80.5110') and year(s.discharged_at) = 2022""",
    "false economy, drugs": """select avg(s.drugs - o.drugs)::double from ward s join ward_without o using (stay_id)""",
    "false economy, charge": """select avg(s.charge_total - o.charge_total)::double from ward s
        join ward_without o using (stay_id)""",
    "false economy, infections": """select avg(s.infection::int) - avg(o.infection::int) from ward s
        join ward_without o using (stay_id)""",
    "antibiotics beyond day 5": """select avg((s.last_day >= 5)::int) - avg((o.last_day >= 5)::int)
        from appendix s join appendix_without o using (stay_id)""",
    "antibiotics beyond day 5, innocent": "select avg((last_day >= 5)::int) from appendix_without",
    "head MRI twice": """select avg((s.times > 1)::int) - avg((o.times > 1)::int) from mri s
        join mri_without o using (stay_id)""",
    "head MRI twice, innocent": "select avg((times > 1)::int) from mri_without",
}

#: Planted figure, and what calibration may be off beside the sampling error.
PLANTED = {
    "rehabilitation omitted 2022": (0.40, 0),
    "rehabilitation omitted 2023": (0.15, 0),
    "rehabilitation omitted 2022, naive": (0.44, 0.02),
    "day surgery, charge": (-870, 100),
    "enhanced recovery, days": (-4.0, 0.4),
    "enhanced recovery, charge 2022": (-5000, 700),
    "endoscopic discectomy, days": (-3.0, 0.2),
    "endoscopic discectomy, charge": (-0.15, 0.05),
    "false economy, drugs": (-150, 80),
    "false economy, charge": (500, 150),
    "false economy, infections": (0.12, 0),
    "antibiotics beyond day 5": (0.13, 0.04),
    "antibiotics beyond day 5, innocent": (0.06, 0.03),
    "head MRI twice": (0.115, 0.02),
    "head MRI twice, innocent": (0.06, 0.02),
}

VIEWS = {
    "rehabilitation": """select s.stay_id, s.admitted_at, s.discharged_at,
            s.stay_id in (select stay_id from charges where item_code = 'S705') as done
        from stays s join outcomes o using (stay_id) where drg_code in ('FM19', 'FM29', 'FR29')
        and discharged_at is not null""",
    "eligible": """select r.* from rehabilitation r join measurements m using (stay_id)
        where m.name = 'ejection_fraction' and m.value >= 40""",
    "nights{}": "select *, discharged_at::date - admitted_at::date as nights from stays{}",
    "ward{}": """select s.stay_id, s.charge_total, o.infection, d.drugs from stays{} s join outcomes{} o using (stay_id)
        join (select stay_id, sum(amount) filter (kind = 'drug') as drugs from charges{} join items using (item_code)
              group by 1) d using (stay_id)
        where s.department = '03' and drg_code in ('GD29', 'HC39', 'HC19', 'GB19') and s.discharged_at is not null
        and admitted_at >= timestamp '2023-03-01' and admitted_at < timestamp '2023-07-01' and infection is not null""",
    "appendix{}": """select stay_id, coalesce(max(charged_at::date - admitted_at::date), 0) as last_day
        from stays{} join charges{} using (stay_id) join items using (item_code)
        where drg_code = 'GD29' and discharged_at is not null and antibacterial and quantity > 0 group by 1""",
    "mri{}": """select stay_id, sum((item_code = 'S204')::int) as times from stays{} join charges{} using (stay_id)
        where drg_code = 'BR25' and discharged_at is not null group by 1""",
}

KEPT = ("stays", "charges", "pathway_records", "outcomes", "procedures", "measurements")


def figures_of(seed: int) -> dict[str, float]:
    """The queries on one hospital with and without the family."""
    full = generate(seed, **SIZE).tables
    without = generate(seed, FAMILY, **SIZE).tables
    with Engine() as engine:
        engine.put("items", full["items"])
        for name in KEPT:
            engine.put(name, full[name])
            engine.put(f"{name}_without", without[name])
        for name, query in VIEWS.items():
            for ending in ("", "_without") if "{}" in name else ("",):
                engine.put(name.replace("{}", ending), engine.arrow(query.replace("{}", ending)))
        return {name: engine.value(query) for name, query in QUERIES.items()}


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    return pd.DataFrame([figures_of(seed) for seed in SEEDS]).astype(float)


@pytest.mark.parametrize("figure", PLANTED)
def test_figure_over_twenty_seeds(figures: pd.DataFrame, figure: str):
    planted, slack = PLANTED[figure]
    error = figures[figure].std() / sqrt(figures[figure].count())
    assert abs(figures[figure].mean() - planted) <= 3 * error + slack, f"{figures[figure].mean()} ± {error}"
