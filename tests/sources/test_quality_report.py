"""The report of a whole folder, its score worked by hand, and the page made of it."""

import re
from html.parser import HTMLParser

import pytest
from hand_hospital import hand_hospital, write_hospital

from analysis.errors import InputError
from analysis.reporting.quality_page import write_quality_page
from analysis.sources.importer import import_source
from analysis.sources.quality import QualityReport, check_hospital


def clean_hospital():
    """The hospital worked by hand, with what it leaves out filled in: nothing is found in it."""
    rows = hand_hospital()
    for row in rows["stays"]:
        row |= {"age": 60, "physician_id": "Y", "drg_code": "AA15"}
    for row in rows["charges"]:
        row["physician_id"] = "Y"
    rows["physicians"] = [{"physician_id": "Y", "hospital_id": "H", "department": "D"}]
    return rows


@pytest.fixture
def clean():
    return clean_hospital()


@pytest.fixture(scope="module")
def clean_report(tmp_path_factory):
    return check_hospital(write_hospital(tmp_path_factory.mktemp("data") / "hand", clean_hospital()))


def test_nothing_found_gives_full_score(clean_report):
    report = clean_report
    assert report.failed().empty and report.score == 100
    assert set(report.groups["group"]) == {"completeness", "uniqueness", "validity", "consistency", "time"}
    tables = report.tables.set_index("table")
    assert tables.loc["charges", "rows"] == 6 and tables.loc["charges", "first"] == "2023-05"
    filled = report.completeness.set_index(["table", "column"])["filled"]
    assert filled["stays", "stay_id"] == 1 and filled["stays", "age"] == 1 and filled["stays", "team"] == 0


def test_score_by_hand(clean, tmp_path):
    """Completeness: required columns and lengths 3 + 3, lines 3, seven warnings: 16; one warning in 3 of 3 rows: 15.

    A third of the ledger's months missing (error) fails the group time in one of its kinds.
    """
    for row in clean["stays"]:
        row["age"] = None
    found = check_hospital(write_hospital(tmp_path / "hand", clean))
    assert found.failed()["id"].tolist() == ["stays_without_age"]
    scores = found.groups.set_index("group")["score"]
    assert scores["completeness"] == round(100 * 15 / 16, 1) == 93.8
    assert (scores.drop("completeness") == 100).all()
    assert found.score == round((93.8 + 400) / 5, 1)


def test_a_kind_is_judged_by_its_worst_column_and_small_shares_count_half(clean, tmp_path):
    stays = [clean["stays"][0] | {"stay_id": f"x{n}", "patient_id": f"p{n}"} for n in range(200)]
    stays[0] |= {"self_paid": -1, "fund_paid": 3001}
    clean["stays"] += stays
    for n in range(200):
        clean["charges"].append(clean["charges"][1] | {"line_id": f"x{n}", "stay_id": f"x{n}", "amount": 3000})
        clean["charges"][-1]["unit_price"] = 3000
    report = check_hospital(write_hospital(tmp_path / "hand", clean))
    failed = report.failed().set_index("id")
    assert failed.loc["negative:stays.self_paid", ["failing", "of"]].tolist() == [1, 203]
    validity = report.groups.set_index("group").loc["validity"]
    weights = {"outside_list": 3, "line_sign": 3, "negative": 1, "outside_range": 1, "line_without_money": 1}
    assert validity["score"] == round(100 * (sum(weights.values()) - 0.5) / sum(weights.values()), 1)


def test_month_without_ledger(clean, tmp_path):
    for row in clean["ledger"]:
        row["month"] = row["month"].replace("2023-05", "2023-03")
    report = check_hospital(write_hospital(tmp_path / "hand", clean))
    failed = report.failed().set_index("id")
    assert failed.loc["month_gap:ledger", "examples"] == [f"hospital_id H, month 2023-0{n}" for n in (4, 5)]
    assert failed.loc["discharges_without_ledger", "examples"] == ["hospital_id H, month 2023-05"]
    assert failed.loc["month_gap:ledger", "severity"] == "error" and report.groups.iloc[-1]["score"] < 100


def test_driver_that_sums_to_zero(clean, tmp_path):
    for row in clean["drivers"]:
        if row["month"] == "2023-06" and row["driver"] == "orders":
            row["quantity"] = 0
    report = check_hospital(write_hospital(tmp_path / "hand", clean))
    assert report.failed()["id"].tolist() == ["driver_zero"]
    assert report.failed().iloc[0]["examples"] == ["hospital_id H, month 2023-06, driver orders, from_centre *"]
    assert "Drivers that sum to zero: 1 of 4" in report.text()


def test_failed_checks_come_first_the_graver_before_the_milder(clean, tmp_path):
    for row in clean["stays"]:
        row |= {"age": None, "admission_type": "by boat"}
    clean["stays"][0]["admission_type"] = None
    report = check_hospital(write_hospital(tmp_path / "hand", clean))
    assert report.failed()["severity"].tolist() == ["error", "warning"]
    assert report.checks["failing"].head(2).tolist() == [2, 3] and (report.checks["failing"][2:] == 0).all()


def test_rows_refused_on_import_are_part_of_the_report(run, tmp_path):
    text = "id,sex\nS1,M\nS2,X\nS3,\nS4\n"
    run({"stays": text}, {"stays": "select id as stay_id, 'H' as hospital_id, sex, _file, _row from stays"})
    report = check_hospital(tmp_path / "data")
    lines = report.checks.set_index("id").loc["unreadable_lines:stays.csv"]
    assert (lines["failing"], lines["of"]) == (1, 4) and "file stays.csv" in lines["en"]
    refused = report.checks.set_index("id").loc["refused_on_import:stays"]
    assert (refused["failing"], refused["of"], refused["examples"]) == (1, 3, ["1 x column sex: not one of F, M, U"])


def test_a_folder_that_is_none(tmp_path):
    with pytest.raises(InputError, match="no such data folder"):
        check_hospital(tmp_path / "nowhere")


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def page(report: QualityReport, tmp_path, language: str) -> tuple[str, Tags]:
    text = write_quality_page(report, tmp_path / "pages" / f"{language}.html", language).read_text("utf8")
    tags = Tags()
    tags.feed(text)
    return text, tags


def test_page_shows_score_findings_and_inventory(clean, tmp_path):
    clean["stays"][0]["age"] = None
    report = check_hospital(write_hospital(tmp_path / "hand", clean))
    words = {
        "zh": ["手算医院", "数据质量检查", "需要处理的问题", "住院没有年龄"],
        "en": ["Hand hospital", "data quality", "What to mend", "Stays without age"],
    }
    for language in words:
        text, tags = page(report, tmp_path, language)
        shown = " ".join(tags.words)
        assert all(word in shown for word in words[language])
        assert f"{report.score:.1f}" in shown and "stay_id s1" in shown and "33.3%" in shown
        assert not re.search(r"https?://|src=|@import|url\(", text), "the page must be self-contained"
        assert not [tag for tag in tags.tags if tag in {"script", "link", "img", "iframe"}]
        assert "@page { size: A4" in text
    assert sorted(path.name for path in (tmp_path / "pages").iterdir()) == ["en.html", "zh.html"]


def test_page_escapes_what_comes_from_data(clean, tmp_path):
    attack = "<script>alert(1)</script>"
    clean["stays"][0] |= {"stay_id": attack, "age": None}
    clean["charges"] = [row for row in clean["charges"] if row["stay_id"] != "s1"]
    folder = write_hospital(tmp_path / "hand", clean, name=attack, name_en=attack)
    text, tags = page(check_hospital(folder), tmp_path, "en")
    assert "script" not in tags.tags and attack not in text and attack in "".join(tags.words)


def test_page_without_findings(clean_report, tmp_path):
    assert "found nothing to mend" in page(clean_report, tmp_path, "en")[0]
    assert "未发现问题" in page(clean_report, tmp_path, "zh")[0]


def test_import_check_and_page_in_one_go(write_spec, tmp_path):
    select = "select id as stay_id, 'H' as hospital_id, _file, _row from stays"
    spec = write_spec(
        {"stays": {"select": select}}, {"stays": {"path": "s.csv", "format": "csv"}}, date_precision="year"
    )
    (tmp_path / "raw" / "s.csv").write_text("id\nS1\n", "utf8")
    import_source(spec, tmp_path / "data")
    assert "试点医院" in page(check_hospital(tmp_path / "data"), tmp_path, "zh")[0]
