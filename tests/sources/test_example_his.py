"""parameters/sources/example_his.yaml on a small export as a Chinese HIS writes it (GB18030, workbooks with titles)."""

from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from analysis.hospital import open_hospital
from analysis.periods import Period
from analysis.sources.importer import import_source

SPEC = Path(__file__).parents[2] / "parameters" / "sources" / "example_his.yaml"

TEXTS = {
    "病案首页.csv": """住院号,身份标识,出院科室,主管医师,入院时间,出院时间,入院途径,\
年龄,性别,付费方式,离院方式,DRG编码,总费用,基金支付,个人负担
Z001,P01,D01,Y01,2023/6/1 8:30,2023/6/9 10:00,1,67,1,城镇职工,1,FM19,"52,340.50","40,000.00","12,340.50"
Z002,P02,D01,-,2023/6/3 9:00,2023/6/5 9:00,2,54,女,城乡居民,1,FR29,8200,6000,2200
Z003,P03,D02,Y02,2023/6/10 9:00,2023/6/8 9:00,2,30,9,商业保险,1,GB29,9100,0,9100
""",
    "出院诊断.csv": """住院号,序号,诊断编码,诊断名称,入院病情
Z001,1,I21.300,急性前壁再发心肌梗死,1
Z001,2,J18.900,肺炎,4
Z002,1,I50.900,心力衰竭,2
Z009,1,I10.x00,高血压,1
""",
    "收费明细_202306.csv": """流水号,住院号,计费时间,项目编码,数量,单价,金额,开单科室,执行科室,开单医师
L1,Z001,2023-06-01 10:00:00,CT01,1,280,280.00,D01,D09,Y01
L2,Z001,2023-06-02 10:00:00,YP07,3,12.3456,37.0368,D01,D01,Y01
L3,Z003,2023-06-10 12:00:00,CT01,1,280,280.00,D02,D09,Y02
""",
    "收费明细_202307.csv": """流水号,住院号,计费时间,项目编码,数量,单价,金额,开单科室,执行科室,开单医师
L4,Z002,2023-07-01 08:00:00,YP07,两,12.3456,24.69,D01,D01,
""",
    "收费项目.csv": """项目编码,项目名称,类别,单位
CT01,胸部CT平扫,放射,次
YP07,阿司匹林肠溶片,西药,片
QT01,救护车,其他,次
""",
}
SHEETS = {
    "科室": [["科室编码", "科室名称", "床位数"], ["D01", "心内科", 45], ["D02", "普外科", 50], ["D09", "放射科", None]],
    "成本中心": [
        ["成本中心", "名称", "类别", "服务对象", "所属科室"],
        ["0101", "心内科病区", "临床", "住院", "D01"],
        ["0401", "财务科", "行政", None, None],
    ],
    "成本明细账": [
        ["2023 年 6 月成本明细账（元）"],
        ["月份", "成本中心", "人员经费", "卫生材料费", "药品费", "固定资产折旧费", "其他费用"],
        [202306, "0101", 320000, 150000.456, 210000, 45000, 8000],
        ["2023年6月", "0401", 90000, None, None, 3000, 1000.5],
        ["合计", None, 410000, 150000.456, 210000, 48000, 9000.5],
    ],
}


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    raw = tmp_path_factory.mktemp("raw")
    for name, text in TEXTS.items():
        (raw / name).write_text(text, "gb18030")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in SHEETS.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(raw / "科室与成本.xlsx")
    out = tmp_path_factory.mktemp("data") / "his"
    return import_source(SPEC, out, raw), out


def read(out: Path, table: str) -> list[dict]:
    return pq.read_table(out / f"{table}.parquet").to_pylist()


def test_every_table_adds_up(imported):
    report, _ = imported
    counts = {count.table: (count.read, count.imported, count.quarantined) for count in report.tables}
    assert counts == {
        "hospitals": (1, 1, 0),
        "departments": (3, 3, 0),
        "stays": (3, 2, 1),
        "diagnoses": (4, 3, 1),
        "charges": (4, 2, 2),
        "items": (3, 3, 0),
        "cost_centres": (2, 2, 0),
        "ledger": (8, 8, 0),
    }


def test_reasons_name_file_and_row(imported):
    _, out = imported
    found = [
        (row["source_file"], row["source_row"], row["reasons"])
        for table in ("stays", "diagnoses", "charges")
        for row in read(out, f"quarantine/{table}")
    ]
    assert found == [
        ("病案首页.csv", 4, "discharged 2023/6/8 9:00 before admitted 2023/6/10 9:00"),
        ("出院诊断.csv", 5, "orphan: stay_id Z009 is not in stays"),
        ("收费明细_202306.csv", 4, "orphan: stay_id Z003 is not in stays"),
        ("收费明细_202307.csv", 2, "column quantity: text '两' is not a quantity"),
    ]


def test_codes_are_the_contracts(imported):
    _, out = imported
    first, second = read(out, "stays")
    assert (first["sex"], first["payer"], first["admission_type"], first["disposition"]) == (
        "M",
        "employee",
        "emergency",
        "home",
    )
    assert first["charge_total"] == Decimal("52340.50") and second["physician_id"] is None
    assert [row["present_on_admission"] for row in read(out, "diagnoses")] == [True, False, True]
    assert [row["kind"] for row in read(out, "items")] == ["imaging", "other", "drug"]


def test_ledger_turned_from_columns_to_rows_without_its_total(imported):
    report, out = imported
    rows = read(out, "ledger")
    assert {row["month"] for row in rows} == {"2023-06"}
    assert sum(row["amount"] for row in rows) == Decimal("827000.96")
    assert report.table("ledger").rounded == {"amount": 1}


def test_the_folder_opens_by_month(imported):
    _, out = imported
    hospital = open_hospital(out)
    assert hospital.card.currency == "CNY" and "charges" in hospital.tables
    assert [path.stem for path in hospital.files("charges", [Period("2023-06")])] == ["2023-06"]
