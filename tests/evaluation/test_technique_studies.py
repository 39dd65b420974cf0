"""Study files are refused where they ask for what cannot be; a cohort by hand, step by step."""

from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml

from analysis.contract import contract_tables
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.evaluation.cohorts import cohort
from analysis.evaluation.comorbidity import charlson
from analysis.evaluation.study_files import read_studies, read_study

STUDIES = Path(__file__).parents[2] / "parameters" / "studies"
GOOD = {
    "id": "trial", "scenario": "F3", "zh": "试", "en": "Trial", "question": {"zh": "问", "en": "Q"},
    "basis": {"zh": "据", "en": "B"}, "population": {"drgs": ["GB19"]},
    "treatment": {"zh": "新", "en": "New", "procedures": ["N"]}, "confounders": ["age", "severity_on_admission"],
    "outcomes": ["cost_total", "complication"], "effect": "complication",
}  # fmt: skip


def written(tmp_path: Path, **changes) -> Path:
    file = tmp_path / "trial.yaml"
    file.write_text(yaml.safe_dump(GOOD | changes, sort_keys=False, allow_unicode=True), "utf8")
    return file


def test_shipped_studies_are_good():
    found = read_studies(STUDIES)
    assert {"eras_gastrectomy", "minimally_invasive_discectomy", "cataract_day_surgery", "robot_knee"} <= set(found)
    assert all(study.name == f"F3_{study.id}" and (STUDIES / f"{study.id}.yaml").is_file() for study in found.values())


REFUSED = [
    ({"confounders": ["age", "severity"]}, "not known before treatment", "confounders"),
    ({"confounders": ["age", "charlston"]}, "no confounder charlston", "charlson"),
    ({"outcomes": ["cost"], "effect": "cost"}, "no outcome cost", "cost_total"),
    ({"effect": "died"}, "no outcome of the study", "effect"),
    ({"negative_control": "age"}, "cannot be the negative control", "negative_control"),
    ({"treatment": {"zh": "新", "en": "New"}}, "nothing says who belongs to treatment", "treatment"),
    ({"control": {"zh": "旧", "en": "Old", "procedures": ["O", "N"]}}, "N is on both sides", "control.procedures"),
    ({"treatment": {"zh": "会", "en": "Meeting", "mdt": True}}, "by_day", "by_day"),
    ({"population": {"exclusions": [{"zh": "长", "en": "Long", "column": "length_of_stay", "above": 9}]}},
     "not known before treatment", "population.exclusions"),
    ({"population": {"exclusions": [{"zh": "龄", "en": "Age", "column": "agee"}]}}, "there is no column agee", "age"),
    ({"population": {"exclusions": [{"zh": "性", "en": "Sex", "column": "sex", "above": 3}]}}, "sex is no number",
     "values"),
    ({"despite": {"age": {"zh": "因", "en": "because"}}}, "age needs no reason", "despite"),
    ({"colour": "red"}, "colour", "colour"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "what", "told"), REFUSED, ids=[what for _, what, _ in REFUSED])
def test_what_cannot_be_is_refused_with_its_place(tmp_path, changes, what, told):
    with pytest.raises(InputError) as caught:
        read_study(written(tmp_path, **changes))
    assert what in str(caught.value) and told in str(caught.value) and "trial.yaml" in str(caught.value)


def test_a_question_mark_before_a_bracket_is_read(tmp_path):
    file = written(tmp_path)
    text = file.read_text("utf8").replace("question:\n  zh: 问\n  en: Q\n", "question: {zh: 问, en: What is it?}\n")
    assert "it?}" in text
    file.write_text(text, "utf8")
    assert (study := read_study(file)).question.en == "What is it?"
    assert study.where("question").endswith(f":{text[: text.index('question')].count(chr(10)) + 1} question")


def test_keys_that_a_file_cannot_say_are_not_offered(tmp_path):
    with pytest.raises(InputError) as caught:
        read_study(written(tmp_path, colour="red"))
    assert "estimand" in caught.value.mend and "lines" not in caught.value.mend


def test_a_message_names_the_line(tmp_path):
    file = written(tmp_path, confounders=["age", "weight"])
    line = next(k for k, text in enumerate(file.read_text("utf8").splitlines(), 1) if text.startswith("confounders"))
    with pytest.raises(InputError) as caught:
        read_study(file)
    assert caught.value.where == f"{file}:{line} confounders"


def test_a_severity_of_the_grouper_only_with_a_reason(tmp_path):
    reason = {"severity": {"zh": "来源没有", "en": "the source has none"}}
    study = read_study(written(tmp_path, confounders=["age", "severity"], despite=reason))
    assert study.confounders == ["age", "severity"]


# ── a cohort by hand ────────────────────────────────────────────────────────────────────────────────

DAY = datetime(2022, 3, 1, 8)
CASES = 30  # stay k: even ones with procedure N, odd ones with O; admitted on day k


def hospital(**more: pd.DataFrame) -> Engine:
    """Thirty stays of one surgeon each second day; a stay outside the group; nothing else unless said."""
    k = range(CASES + 1)
    admitted = [DAY + timedelta(days=i) for i in k]
    cases = pd.DataFrame({
        "period": "2022-03", "stay_id": [f"S{i:02d}" for i in k], "patient_id": [f"P{i:02d}" for i in k],
        "hospital_id": "H", "department": "10", "physician_id": "D1", "severity": "5",
        "drg_code": ["GB19"] * CASES + ["XX"], "age": [50 + i for i in k], "age_band": None, "sex": "F",
        "payer": "other",
        "admission_type": ["emergency" if i < 3 else "elective" for i in k], "disposition": "home",
        "principal_diagnosis": "C16.900", "principal_procedure": ["N" if i % 2 == 0 else "O" for i in k],
        "admitted_at": admitted, "discharged_at": [day + timedelta(days=5) for day in admitted], "length_of_stay": 5,
        "charge_total": 900.0, "cost_total": 1000.0, "cost_complete": [i != 5 for i in k], "died": False,
        "complication": [i % 3 == 0 for i in k], "infection": False, "cured": True, "satisfaction": 90.0,
    })  # fmt: skip
    engine = Engine()
    procedures = cases.assign(position=1, code=cases["principal_procedure"], started_at=admitted, operator_id="D1")
    stays = cases.assign(planned=False, transferred_from=None)
    for name in ("diagnoses", "complication_codes", "measurements", "pathway_records", "mdt", "visits", "charges"):
        engine.put(name, contract_tables()[name].arrow_schema().empty_table())
    for name, rows in ({"cases": cases, "stays": stays, "procedures": procedures} | more).items():
        engine.put(name, rows)
    return engine


def test_the_flow_adds_up(tmp_path):
    exclusions = [
        {"zh": "急诊", "en": "Emergency", "column": "admission_type", "values": ["emergency"]},
        {"zh": "高龄", "en": "Old", "column": "age", "above": 77},
    ]
    study = read_study(written(tmp_path, population={"drgs": ["GB19"], "exclusions": exclusions}))
    found = cohort(hospital(), study)
    # 31 closed; 1 of another group; 3 emergencies; ages 78 and 79
    told = list(zip(found.flow["step"], found.flow["left_out"], found.flow["kept"], strict=True))
    assert told == [("closed", 0, 31), ("drg", 1, 30), ("exclusion_1", 3, 27), ("exclusion_2", 2, 25),
                    ("treated", 0, 12), ("control", 0, 13)]  # fmt: skip
    assert len(found.rows) == 25 and found.rows["treated"].sum() == 12
    assert (
        found.rows.set_index("stay_id").loc["S05", "cost_total"] != found.rows["cost_total"].iloc[0]
    )  # incomplete: NaN


def test_what_arose_in_the_stay_is_no_severity_on_admission(tmp_path):
    """An MCC on admission, one that arose, one that nobody marked, and one that the principal diagnosis excludes."""
    diagnoses = pd.DataFrame({
        "stay_id": ["S10", "S11", "S12", "S13"], "position": 2, "code": ["J96", "J96", "J96", "C15"],
        "present_on_admission": pd.array([True, False, None, True], dtype="boolean"),
    })  # fmt: skip
    codes = pd.DataFrame({"year": 2022, "code": ["J96", "C15"], "level": "MCC", "excluded_by": [None, "C16,C17"]})
    rows = cohort(hospital(diagnoses=diagnoses, complication_codes=codes), read_study(written(tmp_path))).rows
    found = rows.set_index("stay_id")["severity_on_admission"]
    assert found[["S10", "S11", "S12", "S13", "S14"]].tolist() == ["MCC", "none", "MCC", "none", "none"]


def test_readmission_and_what_came_before(tmp_path):
    """P10 comes back unplanned on day 30 after discharge; P20 had two visits in the year before and one long ago."""
    engine = hospital()
    stays = engine.frame("select * from stays")
    home = stays.loc[stays["stay_id"] == "S10", "discharged_at"].iloc[0]
    back = stays.iloc[[10]].assign(
        stay_id="S99", admitted_at=home + timedelta(days=30), discharged_at=home + timedelta(days=200)
    )
    engine.put("stays", pd.concat([stays, back]))
    admitted = stays.loc[stays["stay_id"] == "S20", "admitted_at"].iloc[0]
    seen = [admitted - timedelta(days=d) for d in (1, 300, 400)]
    engine.put("visits", pd.DataFrame({"visit_id": ["a", "b", "c"], "patient_id": "P20", "visited_at": seen}))
    study = read_study(written(tmp_path, outcomes=["readmitted_30d", "cost_total"], effect="readmitted_30d",
                               negative_control="prior_visits"))  # fmt: skip
    rows = cohort(engine, study).rows.set_index("stay_id")
    assert rows.loc["S10", "readmitted_30d"] == 1 and rows["readmitted_30d"].sum() == 1
    assert rows.loc["S20", "prior_visits"] == 2 and rows["prior_visits"].sum() == 2


def test_measurements_count_before_treatment_only(tmp_path):
    measured = pd.DataFrame({
        "measurement_id": ["1", "2", "3"], "stay_id": ["S10", "S10", "S11"], "name": "albumin", "value": [40.0, 20, 25],
        "measured_at": [DAY + timedelta(days=day, hours=hours) for day, hours in ((10, -1), (10, 3), (11, 5))],
    })  # fmt: skip
    study = read_study(written(tmp_path, confounders=["age", "measured:albumin"]))
    rows = cohort(hospital(measurements=measured), study).rows.set_index("stay_id")["measured:albumin"]
    assert rows["S10"] == 40 and rows.notna().sum() == 1  # S11's value came after the operation began
    with pytest.raises(InputError, match="nobody has a value of haemoglobin"):
        cohort(hospital(measurements=measured), read_study(written(tmp_path, confounders=["measured:haemoglobin"])))


def test_a_meeting_counts_up_to_its_day_and_who_left_by_then_does_not(tmp_path):
    """Meetings on days 1 and 3 after admission, landmark on day 2; everybody stays five days but S04."""
    engine = hospital()
    held = [DAY + timedelta(days=i + (1 if i % 2 else 3)) for i in range(30)]
    engine.put("mdt", pd.DataFrame({"stay_id": [f"S{i:02d}" for i in range(30)], "held_at": held}))
    cases = engine.frame("select * from cases")
    cases.loc[cases["stay_id"] == "S04", "discharged_at"] = DAY + timedelta(days=5)
    engine.put("cases", cases)
    arm = {"zh": "会", "en": "Meeting", "mdt": True, "by_day": 2}
    found = cohort(engine, read_study(written(tmp_path, treatment=arm)))
    assert found.flow.set_index("step").loc["landmark", "left_out"] == 1
    assert set(found.rows.loc[found.rows["treated"] == 1, "stay_id"]) == {f"S{i:02d}" for i in range(1, 30, 2)}


def test_sides_that_cannot_be_compared_are_refused(tmp_path):
    nobody = {"zh": "新", "en": "New", "procedures": ["Z"]}
    with pytest.raises(InputError, match="0 of 30 cases are treated") as caught:
        cohort(hospital(), read_study(written(tmp_path, treatment=nobody)))
    assert "N, O" in caught.value.mend and "treatment" in caught.value.where
    everybody = {"zh": "新", "en": "New", "procedures": ["N", "O"]}
    with pytest.raises(InputError, match="0 of 30 cases are untreated"):
        cohort(hospital(), read_study(written(tmp_path, treatment=everybody)))
    with pytest.raises(InputError, match="no case is left") as caught:
        cohort(hospital(), read_study(written(tmp_path, population={"drgs": ["ZZ99"]})))
    assert "Other groups: 31 left out, 0 kept" in caught.value.rows
    by_item = {"zh": "旧", "en": "Old", "physicians": ["D1"]}
    with pytest.raises(InputError, match="15 cases are on both sides"):
        cohort(hospital(), read_study(written(tmp_path, control=by_item)))


def test_an_item_that_was_given_back_is_no_treatment(tmp_path):
    charges = pd.DataFrame({
        "stay_id": [f"S{i:02d}" for i in range(12)] + ["S00"], "item_code": "C217", "quantity": [1.0] * 12 + [-1.0],
    })  # fmt: skip
    arm = {"zh": "机", "en": "Robot", "items": ["C217"]}
    found = cohort(hospital(charges=charges), read_study(written(tmp_path, treatment=arm)))
    assert set(found.rows.loc[found.rows["treated"] == 1, "stay_id"]) == {f"S{i:02d}" for i in range(1, 12)}


def test_charlson_by_hand():
    """Heart failure 1 + diabetes with kidney damage 2 (not + 1 for diabetes); metastases 6 (not + 2 for the tumour)."""
    secondary = pd.DataFrame([("a", "I50.900"), ("a", "E11.900"), ("a", "E11.201"), ("b", "C18.900"), ("b", "C78.700"),
                              ("b", "I10.x00")], columns=["stay_id", "code"])  # fmt: skip
    assert charlson(pd.Series(["a", "b", "c"]), secondary).tolist() == [3, 6, 0]
