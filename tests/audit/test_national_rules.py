"""The national workbooks: made-up ones with every trap, and the published ones, counted file by file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from analysis.audit.national import NationalRules, counts_said, import_national
from analysis.audit.national_terms import Terms, read_terms
from analysis.audit.rule_desk import import_workbooks
from analysis.audit.rule_files import read_rules
from analysis.audit.rules import Rule
from analysis.errors import InputError
from analysis.settings import parameters_folder

PUBLISHED = Path(__file__).parents[3] / "shared" / "data" / "nhsa-rules"


@pytest.fixture(scope="module")
def terms() -> Terms:
    return read_terms(parameters_folder(Path(__file__).parent))


def _book(path: Path, *sheets: tuple[str, list[list[Any]]], merged: str = "") -> None:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
    book.save(path)


def _imported(folder: Path, terms: Terms, rows: list[list[Any]], title: str = "Sheet1", **more: Any) -> NationalRules:
    _book(folder / f"{more.pop('name', 'rules')}.xlsx", (title, rows), **more)
    return import_national(folder, terms)


PAIRS = ["序号", "频度", "主项名称", "主项编码", "从项名称", "从项编码", "备注"]
HOURS = ["序号", "项目名称", "限制数量", "数量单位", "项目编码"]


@pytest.mark.parametrize("above", [0, 1, 2, 3])
def test_the_heading_stands_on_one_of_the_first_rows(tmp_path: Path, terms: Terms, above: int):
    rows = [["医疗服务项目重复收费"]] * above + [PAIRS, [1, "单日", "A", "001", "B", "002", "含B"]]
    (rule,) = _imported(tmp_path, terms, rows).rules.values()
    assert (rule.id, rule.items, rule.others, rule.window) == ("national.pair.001_002", ["002"], ["001"], "day")
    assert rule.national and rule.basis["zh"].endswith("含B")


def test_windows_of_pairs(tmp_path: Path, terms: Terms):
    words = ["同一小时", "6小时", "单日", "单次就诊", "单周"]
    rows = [PAIRS, *([n, word, "A", "001", "B", f"10{n}", ""] for n, word in enumerate(words))]
    result = _imported(tmp_path, terms, rows, name="重复收费")
    assert [rule.window for rule in result.rules.values()] == ["hour", "six_hours", "day", "visit"]
    (left,) = result.left_out
    assert (left.row, left.name, left.code, left.what) == (6, "B", "104", "no rule")
    assert "单周" in left.reason and "单日" in left.reason


def test_closing_rows_are_no_rules_and_are_told(tmp_path: Path, terms: Terms):
    rows = [HOURS, [1, "监测", 24, "小时", "001"], [2, "床位", 1, "日", "002"], ["合计"], [None], ["备注：供参考"]]
    result = _imported(tmp_path, terms, rows, title="限定频次", merged="A4:E4")
    assert [(r.window, r.limit) for r in result.rules.values()] == [("day", 24), ("day", 1)]
    assert [(left.row, left.what, left.name) for left in result.left_out] == [
        (4, "closing row", "合计"),
        (6, "closing row", "备注：供参考"),
    ]


def test_a_unit_that_names_no_period_is_no_rule(tmp_path: Path, terms: Terms):
    rows = [HOURS, [1, "监测", 24, "小时", "001"], [2, "手术", 1, "次", "002"], [3, "护理", "若干", "日", "003"]]
    result = _imported(tmp_path, terms, rows, title="限定频次")
    assert len(result.rules) == 1
    assert [left.reason[:12] for left in result.left_out] == ["unit '次' nam", "no number: '"]


def test_codes_that_a_cell_holds_as_numbers_get_their_zeros_back(tmp_path: Path, terms: Terms):
    rows = [HOURS, [1, "监测", 24, "小时", 3107010080000], [2, "床位", 1, "日", 1109000010000.0]]
    result = _imported(tmp_path, terms, rows, title="限定频次")
    assert [rule.items for rule in result.rules.values()] == [["003107010080000"], ["001109000010000"]]


def test_codes_on_a_second_sheet_meet_names_of_another_width(tmp_path: Path, terms: Terms):
    first = [
        ["药品通用名", "药品说明", "限定类型", "限定对象"],
        ["黄体酮(II)", "用于", "限定性别对象", "女"],
        ["无码药", "用于", "限定性别对象", "女"],
    ]
    second = [["序号", "药品通用名", "国标代码", "限定类型"]]
    second += [[1, "黄体酮（Ⅱ）", "XG03DA1", "限定性别对象"], [2, "黄体酮（Ⅱ） ", "ｘg03da2", "限定性别对象"]]
    second += [[3, "别的药", "XA1", "限定性别对象"]]
    _book(tmp_path / "drugs.xlsx", ("Sheet1", first), ("Sheet2", second))
    result = import_national(tmp_path, terms)
    (rule,) = result.rules.values()
    assert rule.id == "national.sex.xg03da1" and rule.items == ["@national.sex.xg03da1"]
    assert [code for _, code, _ in result.codes] == ["XG03DA1", "XG03DA2"]
    assert sorted((left.name, left.reason) for left in result.left_out) == [
        ("别的药", "codes of a name that has no rule"),
        ("无码药", "no code in the workbook"),
    ]


def _allowed(rule: Rule) -> dict[str, Any]:
    return rule.indications[0].model_dump(exclude_defaults=True)


@pytest.mark.parametrize(
    ("kind", "word", "allowed"),
    [
        ("限定性别对象", "男", {"sex": "M"}),
        ("限定年龄对象", "儿童", {"age": {"below": 18}}),
        ("限定年龄对象", "新生儿", {"age": {"below": 1}, "age_days": {"max": 28}}),
        ("限定保险类型", "工伤", {"payer": ["work_injury"]}),
        ("限定机构等级", "二级", {"level": ["secondary", "tertiary"]}),
        ("限定就医方式", "住院", {"setting": "inpatient"}),
    ],
)
def test_words_of_attributes(tmp_path: Path, terms: Terms, kind: str, word: str, allowed: dict[str, Any]):
    rows = [
        ["项目名称", "国标代码", "限定类型", "限定对象"],
        ["项目", "001", kind, word],
        ["另一", "002", kind, "外星人"],
    ]
    result = _imported(tmp_path, terms, rows)
    (rule,) = result.rules.values()
    assert rule.template == "attribute" and _allowed(rule) == allowed
    assert "unknown word '外星人'" in result.left_out[-1].reason


def test_courses_with_total_days_and_intervals(tmp_path: Path, terms: Terms):
    rows = [
        ["序号", "项目名称", "备注", "项目代码"],
        [1, "手功能评定", "总时间不超过90天，评定间隔时间不短于14天。", "001"],
        [2, "训练", "支付不超过30天。", "002"],
        [3, "语言训练", "支付不超过一年，每周最多支付一次。", "003"],
        [4, "无期限", "遵医嘱。", "004"],
    ]
    result = _imported(tmp_path, terms, rows, title="医疗服务项目限支付疗程")
    found = {
        rule.id.removeprefix("national."): (rule.template, rule.window, rule.limit) for rule in result.rules.values()
    }
    assert found == {
        "course.001": ("course", None, 90),
        "course.002": ("course", None, 30),
        "course.003": ("course", None, 365),
        "period.001": ("frequency", 14, 1),
        "period.003": ("frequency", 7, 1),
    }
    assert [(left.name, left.reason) for left in result.left_out if left.what == "no rule"] == [
        ("无期限", "no number of days")
    ]


def test_an_interval_that_another_file_says_is_one_rule(tmp_path: Path, terms: Terms):
    course = [
        ["序号", "项目名称", "备注", "项目代码"],
        [1, "评定", "总时间不超过90天，评定间隔时间不短于14天。", "001"],
    ]
    period = [["序号", "项目名称", "频次上限", "疗程周期", "备注", "项目代码"], [1, "评定", 1, 14, "间隔", "001"]]
    _book(tmp_path / "a.xlsx", ("限支付疗程", course))
    _book(tmp_path / "b.xlsx", ("周期超频次", period))
    result = import_national(tmp_path, terms)
    assert sorted(result.rules) == ["national.course.001", "national.period.001"]
    assert result.made == {"a.xlsx": 1, "b.xlsx": 1}


def test_a_column_and_a_text_that_contradict_each_other(tmp_path: Path, terms: Terms):
    rows = [
        ["项目名称", "国标代码", "药品说明", "限定类型", "限定值域"],
        ["药", "X1", "单次住院最多支付14天。", "限定支付疗程", "15天"],
        ["安宫", "X2", "限急诊或住院患者。", "限定就医方式", "住院"],
    ]
    result = _imported(tmp_path, terms, rows[:2], name="a")
    assert result.rules["national.course.x1"].limit == 15
    assert "column says 15 days, the text 14" in result.left_out[0].reason
    (tmp_path / "a.xlsx").unlink()
    result = _imported(tmp_path, terms, [rows[0], rows[2]], name="b")
    assert result.rules["national.setting.x2"].result == "suspicious"  # emergencies are allowed, and not to be told
    assert all(left.what == "in part" for left in result.left_out)


def test_operations_of_one_group_are_one_rule(tmp_path: Path, terms: Terms):
    rows = [["项目名称", "项目说明", "国标代码", "限定类型", "限定值域"]]
    rows += [
        [f"术{n}", "折价", f"00{n}", "限定主次操作", group]
        for n, group in [(1, "甲组"), (2, "甲组"), (1, "乙组"), (1, "甲组")]
    ]
    result = _imported(tmp_path, terms, rows)
    sets = pd.DataFrame(result.codes).groupby(0)[1].apply(list).to_dict()
    assert list(sets.values()) == [["001", "002"]] and len(result.rules) == 2
    assert {tuple(rule.items) for rule in result.rules.values()} == {("@" + next(iter(sets)),), ("001",)}
    assert [left.reason for left in result.left_out] == ["stands twice in its group"]


def test_cells_merged_downwards_belong_to_every_row(tmp_path: Path, terms: Terms):
    rows = [PAIRS, [1, "单日", "A", "001", "B", "002", ""], [2, None, "A", "001", "C", "003", ""]]
    result = _imported(tmp_path, terms, rows, name="重复收费", merged="B2:B3")
    assert [rule.window for rule in result.rules.values()] == ["day", "day"]


def test_what_is_no_rule_workbook_is_told(tmp_path: Path, terms: Terms):
    (tmp_path / "broken.xlsx").write_bytes(b"no workbook")
    (tmp_path / "~$open.xlsx").write_bytes(b"lock of an open file")
    _book(tmp_path / "menu.xlsx", ("Sheet1", [["菜名", "价格"], ["汤", 3]]))
    with pytest.raises(InputError, match="no rule workbook found") as refused:
        import_national(tmp_path, terms)
    assert len(refused.value.rows) == 2
    _book(tmp_path / "rules.xlsx", ("限定频次", [HOURS, [1, "监测", 24, "小时", "001"]]))
    result = import_national(tmp_path, terms)
    assert [left.what for left in result.left_out] == ["no workbook", "no workbook"]
    assert any("menu.xlsx: left out" in line for line in counts_said(result))


def test_written_rules_are_read_back(tmp_path: Path, terms: Terms):
    _book(tmp_path / "rules.xlsx", ("限定频次", [HOURS, [1, '监测,"24"', 24, "小时", "001"]]))
    said = import_workbooks(tmp_path, tmp_path / "parameters" / "national")
    assert "1 rules" in said[-2]
    (rule,) = read_rules(["national"], tmp_path / "parameters").rules
    assert rule == next(iter(import_national(tmp_path, terms).rules.values()))
    assert rule.title["zh"] == '超限定频次：监测,"24"'


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "mine.txt").write_text("mine", "utf8")
    with pytest.raises(InputError, match="something else"):
        import_workbooks(tmp_path, tmp_path / "rules")


# ── the published workbooks ──


def published(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that reads the published workbooks; skipped where they are not."""
    reason = "the national workbooks are not in ../shared/data/nhsa-rules"
    return pytest.mark.real_data(pytest.mark.skipif(not PUBLISHED.exists(), reason=reason)(test))


#: Part of the file's name -> kind, rows that name something, rules, closing rows.
COUNTS = {
    "【第一批】药品规则库(限定年龄对象)": ("age", 282, 282, 0),
    "【第一批】药品规则库(限定性别对象)": ("sex", 481, 481, 0),
    "【第一批】项目规则库(限定年龄对象)": ("age", 30, 30, 0),
    "【第一批】项目规则库(限定性别对象)": ("sex", 390, 390, 0),
    "【第七批】项目规则库（重复收费）": ("pair", 900, 900, 0),
    "【第三批】药品规则库（限定保险类型）": ("insurance", 12, 12, 0),
    "【第二批】项目规则库（限定主次操作）": ("operation", 378, 7, 0),
    "【第五批】药品规则库（限定机构等级）": ("level", 61, 61, 0),
    "【第八批-1】项目规则库（限定频次）": ("frequency", 67, 67, 2),
    "【第八批-2】项目规则库（限定年龄）": ("age", 1, 1, 0),
    "【第八批-3】项目规则库（限定疗程）": ("course", 11, 11, 0),
    "【第八批-4】项目规则库（限定周期）": ("period", 14, 14, 0),
    "【第六批】药品规则库（限定支付疗程）": ("course", 30, 30, 0),
    "【第四批】药品规则库（限定就医方式）": ("setting", 35, 35, 0),
}


@pytest.fixture(scope="module")
def read(terms: Terms) -> NationalRules:
    return import_national(PUBLISHED, terms)


@published
def test_every_row_of_every_file_is_counted(read: NationalRules):
    counts = read.counts().set_index("file")
    told = counts[["kind", "rows", "rules", "closing_rows"]].itertuples(name=None)
    assert {file.removesuffix(".xlsx"): tuple(rest) for file, *rest in told} == COUNTS
    assert not counts["no_rule"].any()


@published
def test_half_of_the_frequencies_are_in_hours(read: NationalRules):
    limits = [r.limit for r in read.rules.values() if r.id.startswith("national.frequency.")]
    assert (limits.count(24), limits.count(1)) == (33, 34)


@published
def test_windows_of_the_900_pairs(read: NationalRules):
    windows = pd.Series([r.window for r in read.rules.values() if r.template == "pair"]).value_counts()
    assert windows.to_dict() == {"day": 446, "visit": 429, "six_hours": 18, "hour": 7}


@published
def test_codes_keep_their_length(read: NationalRules):
    own = {c for r in read.rules.values() for c in (*r.items, *r.others) if not c.startswith("@")}
    assert {len(code) for code in own} | {len(code) for _, code, _ in read.codes} == {15, 20, 23}


@published
def test_the_limits_of_each_kind(read: NationalRules):
    sexes = [r.indications[0].sex for r in read.rules.values() if r.id.startswith("national.sex.")]
    assert pd.Series(sexes).value_counts().to_dict() == {"F": 448 + 257, "M": 33 + 133}
    groups = pd.Series([name for name, _, _ in read.codes if name.startswith("national.operation.")]).value_counts()
    assert sorted(groups) == [22, 28, 43, 44, 65, 87, 89]
    periods = sorted(r.window for r in read.rules.values() if r.id.startswith("national.period."))
    assert periods == [7.0] * 2 + [14.0] * 9 + [15.0] * 3


@published
def test_they_load_whole(read: NationalRules, tmp_path: Path):
    read.write(tmp_path / "national")
    loaded = read_rules(["national"], tmp_path).rules
    assert len(loaded) == 2321
    singles = sum(not rule.items[0].startswith("@") for rule in read.rules.values() if rule.template != "pair")
    assert sum(len(rule.items) + len(rule.others) for rule in loaded) == 14093 + 900 * 2 + singles
