"""Files of every kind, and the message for each that cannot be read: file, place, how to mend."""

import gzip
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.errors import InputError
from analysis.sources.importer import import_source

SELECT = "select id as stay_id, 'H1' as hospital_id, 出院 as discharged_at, 性别 as sex, _file, _row from stays"
TABLES = {"stays": {"select": SELECT, "values": {"sex": {"map": {"男": "M", "女": "F"}}}}}
TEXT = "id,出院,性别\nS1,2023-06-04,男\nS2,2023-06-05,女\n"


def stays(tmp_path):
    return pq.read_table(tmp_path / "data" / "stays.parquet").to_pylist()


def failure(call, *args, **kwargs) -> str:
    with pytest.raises(InputError) as caught:
        call(*args, **kwargs)
    return str(caught.value)


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("utf-8", "auto"),
        ("utf-8-sig", "auto"),
        ("gb18030", "auto"),
        ("utf-16", "auto"),
        ("gb18030", "gb18030"),
        ("utf-8-sig", "utf-8-sig"),
    ],
)
def test_encodings(run, tmp_path, encoding, declared):
    run({"stays": TEXT.encode(encoding)}, TABLES, encoding=declared)
    assert [row["sex"] for row in stays(tmp_path)] == ["M", "F"]


def test_wrong_encoding_names_the_line_and_the_one_that_fits(run):
    message = failure(run, {"stays": TEXT.encode("gb18030")}, TABLES, encoding="utf-8")
    assert "the file is not UTF-8" in message and "stays.csv, line 1" in message and "byte 0x" in message
    assert "set encoding: gb18030" in message


def test_neither_utf8_nor_gb18030(run):
    message = failure(run, {"stays": b"id,\xff\xff\n" + TEXT.encode("gb18030")}, TABLES)
    assert "the file is not UTF-8 or GB18030" in message


def test_gb18030_is_not_guessed_where_the_hospital_is_not_chinese(run):
    message = failure(run, {"stays": TEXT.encode("gb18030")}, TABLES, hospital={"language": "en"})
    assert "the file is not UTF-8" in message and "encoding: gb18030" in message


def test_missing_column_is_named_with_those_that_are_there(run):
    message = failure(run, {"stays": "id,出院日期,性别\nS1,2023-06-04,男\n"}, TABLES)
    assert "column 出院 is not in the file" in message and "stays: id, 出院日期, 性别" in message
    assert "spec.yaml, tables.stays.select" in message


@pytest.mark.parametrize(
    ("select", "words"),
    [
        ("select id as stay_id, _file, _row from stays", "column hospital_id of table stays is missing"),
        ("select id as stay_id, 'H' as hospital_id, 1 as ward, _file, _row from stays", "stays has no column ward"),
        ("select id as stay_id, 'H' as hospital_id from stays", "does not give _file and _row"),
        ("select id as stay_id from beds", "the SELECT does not run"),
        ("selec id from stays", "the SELECT does not run"),
        ("drop table stays", "the SELECT does not run"),
        ("select id as stay_id, cast('x' as int) as hospital_id, _file, _row from stays", "the SELECT does not run"),
    ],
)
def test_select_that_does_not_fit(run, select, words):
    assert words in failure(run, {"stays": TEXT}, {"stays": select})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("id,出院,性别\n", "the file has no rows"),
        ("id;出院;性别\nS1;2023-06-04;男\n", "set delimiter: ';'"),
        ('id,出院,性别\nS1,"2023-06-04,男\nS2,2023-06-05,女\n', "quotation marks"),
    ],
)
def test_file_that_cannot_be_read(run, text, words):
    assert words in failure(run, {"stays": text}, TABLES)


def test_missing_file_names_those_that_are_there(run, write_spec, tmp_path):
    run({"stays": TEXT}, TABLES)
    spec = write_spec({"stays": {"select": SELECT}}, {"stays": {"path": "住院.csv", "format": "csv"}})
    message = failure(import_source, spec, tmp_path / "data")
    assert "file stays is missing" in message and "files there: stays.csv" in message


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"files": {"stays": {"path": "a.csv", "format": "csv", "seperator": ";"}}}, "files.stays.seperator"),
        ({"tables": {"stay": {"select": "select 1"}}}, "no such table in the contract"),
        ({"tables": {"items": {"select": "select 1"}}}, "stays is required"),
        ({"tables": {"stays": {"select": "s", "values": {"sex": {"map": {"男": "male"}}}}}}, "'male' is not one of"),
        ({"tables": {"stays": {"select": "s", "values": {"gender": {"map": {}}}}}}, "tables.stays.values.gender"),
        ({"files": {"_x": {"path": "a.csv", "format": "csv"}}}, "letters, digits"),
        ({"files": {"x": {"path": "../a.csv", "format": "csv"}}}, "below `folder`"),
    ],
)
def test_wrong_parameter_in_the_spec(write_spec, tmp_path, change, words):
    files = {"stays": {"path": "stays.csv", "format": "csv"}}
    spec = write_spec(**({"tables": {"stays": {"select": SELECT}}, "files": files} | change))
    assert words in failure(import_source, spec, tmp_path / "data")


def test_packed_csv(run, tmp_path):
    report = run({"stays": gzip.compress(TEXT.encode("gb18030"))}, TABLES, format="csv.gz")
    assert report.table("stays").imported == 2 and len(stays(tmp_path)) == 2
    assert "not a readable csv.gz file" in failure(run, {"stays": TEXT}, TABLES, format="csv.gz")


def test_several_files_of_one_shape(write_spec, tmp_path):
    spec = write_spec(TABLES, {"stays": {"path": "stays_*.csv", "format": "csv"}})
    (tmp_path / "raw" / "stays_1.csv").write_text(TEXT, "utf8")
    (tmp_path / "raw" / "stays_2.csv").write_text("性别,id,出院\n女,S3,2023-06-07\nX,S4,2023-06-08\n", "utf8")
    report = import_source(spec, tmp_path / "data")
    assert [row["stay_id"] for row in stays(tmp_path)] == ["S1", "S2", "S3"]
    kept = pq.read_table(tmp_path / "data" / "quarantine" / "stays.parquet").to_pylist()
    assert (kept[0]["source_file"], kept[0]["source_row"]) == ("stays_2.csv", 3)
    assert [file.rows for file in report.files] == [2, 2]
    (tmp_path / "raw" / "stays_2.csv").write_text("id,性别\nS3,女\n", "utf8")
    assert "do not have the same columns" in failure(import_source, spec, tmp_path / "data")


def test_sheet_with_typed_cells_title_row_and_stray_rows(write_spec, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("住院")
    for row in (
        ["2023 年 6 月住院"],
        ["id", "出院", "性别", "费用", "天数", "计划"],
        ["S1", datetime(2023, 6, 4, 9, 30), "男", 1234.5, 3, True],
        [None] * 6,
        [1002, date(2023, 6, 5), "女", 0.1 + 0.2, 4.0],
        ["S3", 45078.5, "女", "1,000", "2", "否"],
    ):
        sheet.append(row)
    select = SELECT.replace("性别 as sex", "性别 as sex, 费用 as charge_total, 天数 as length_of_stay, 计划 as planned")
    file = {"path": "stays.xlsx", "format": "xlsx", "sheet": "住院", "header": 2}
    spec = write_spec({"stays": TABLES["stays"] | {"select": select}}, {"stays": file})
    book.save(tmp_path / "raw" / "stays.xlsx")
    import_source(spec, tmp_path / "data")
    found = {row["stay_id"]: row for row in stays(tmp_path)}
    assert list(found) == ["1002", "S1", "S3"]
    assert [row["discharged_at"].isoformat() for row in found.values()] == [
        "2023-06-05T00:00:00",
        "2023-06-04T09:30:00",
        "2023-06-01T12:00:00",
    ]
    assert [row["charge_total"] for row in found.values()] == [Decimal("0.30"), Decimal("1234.50"), Decimal("1000.00")]
    assert [row["length_of_stay"] for row in found.values()] == [4, 3, 2]
    assert [row["planned"] for row in found.values()] == [None, True, False]
    wrong = write_spec({"stays": {"select": SELECT}}, {"stays": file | {"sheet": "门诊"}})
    message = failure(import_source, wrong, tmp_path / "data")
    assert "no sheet '门诊'" in message and "说明, 住院" in message


def test_text_that_is_no_workbook(run):
    assert "not a readable xlsx file" in failure(run, {"stays": TEXT}, TABLES, format="xlsx")


def test_parquet_with_typed_columns(write_spec, tmp_path):
    spec = write_spec(TABLES, {"stays": {"path": "stays.parquet", "format": "parquet", "missing": ["0"]}})
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "出院": pa.array([datetime(2023, 6, 4, 9, 30), None], pa.timestamp("ns")),
            "性别": pa.array(["男", "女"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "raw" / "stays.parquet")
    import_source(spec, tmp_path / "data")
    assert [(r["stay_id"], r["discharged_at"], r["sex"]) for r in stays(tmp_path)] == [
        ("1", datetime(2023, 6, 4, 9, 30), "M"),
        ("2", None, "F"),
    ]


def test_an_empty_file_that_may_be_empty(run, tmp_path):
    denials = """select d as denial_id, 'H1' as hospital_id, t as denied_on, a as amount, 'other' as reason, _file, _row
        from denials"""
    texts = {"stays": TEXT, "denials": "d,t,a\n"}
    assert "the file has no rows" in failure(run, texts, TABLES | {"denials": denials})
    report = run(texts, TABLES | {"denials": denials}, may_be_empty=True)
    assert report.table("denials").read == 0 and pq.read_table(tmp_path / "data" / "denials.parquet").num_rows == 0


def test_column_names_that_repeat_or_are_empty(run, tmp_path):
    select = "select id as stay_id, 'H1' as hospital_id, id_3 as drg_code, column2 as team, _file, _row from stays"
    run({"stays": "id,,ID\nS1,a,b\n"}, {"stays": select})
    assert [(row["team"], row["drg_code"]) for row in stays(tmp_path)] == [("a", "b")]


def test_only_what_an_import_wrote_is_replaced(run, write_spec, tmp_path):
    spec = write_spec(TABLES, {"stays": {"path": "stays.csv", "format": "csv"}})
    (tmp_path / "raw" / "stays.csv").write_text(TEXT, "utf8")
    letters = tmp_path / "letters"
    letters.mkdir()
    (letters / "diary.txt").write_text("keep me", "utf8")
    assert "was not written by an import" in failure(import_source, spec, letters)
    assert "source files lie inside" in failure(import_source, spec, tmp_path / "raw")
    assert (letters / "diary.txt").exists() and (tmp_path / "raw" / "stays.csv").exists()


def test_an_import_cut_off_while_swapping_is_found_again(run, tmp_path):
    run({"stays": TEXT}, TABLES)
    (tmp_path / "data").rename(tmp_path / ".data.retired")
    failure(run, {"stays": ""}, TABLES)
    assert len(stays(tmp_path)) == 2


def test_file_without_column_names(run, tmp_path):
    run(
        {"stays": "S1,a\nS2,b\n"},
        {"stays": "select column1 as stay_id, column2 as hospital_id, _file, _row from stays"},
        header=0,
    )
    assert [(row["stay_id"], row["hospital_id"]) for row in stays(tmp_path)] == [("S1", "a"), ("S2", "b")]
