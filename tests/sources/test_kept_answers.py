"""Answers to findings are the hospital's own: a new delivery of the data does not take them away."""

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from analysis.audit.reviews import Answer, add_reviews, read_reviews
from analysis.errors import InputError
from analysis.hospital import is_whole, open_hospital
from analysis.sources.importer import import_source

SPEC = Path(__file__).parents[2] / "parameters/sources/ny_sparcs.yaml"
HEAD = (
    "Hospital.Service.Area,Hospital.County,Permanent.Facility.Id,Gender,Patient.Disposition,CCSR.Diagnosis.Code,"
    "CCSR.Diagnosis.Description,CCSR.Procedure.Code,CCSR.Procedure.Description,APR.DRG.Code,APR.DRG.Description,"
    "APR.Medical.Surgical.Description,Payment.Typology.1,Total.Charges,Total.Costs,los,age,deathrisk,illseveritydesc,death"
)
LINE = (
    "Area,County,1001,F,Home or Self Care,MUS001,Bones,MST001,Repair,301,Hip,Surgical,Medicare,100,40,3,50 to 69,"
    "Minor,Minor,0"
)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A delivery, and the data folder it was imported to, with one answer."""
    source, out = tmp_path / "source", tmp_path / "data"
    source.mkdir()
    with gzip.open(source / "ny-2020-musculoskeletal.csv.gz", "wt", encoding="utf8") as file:
        file.write(f"{HEAD}\n{LINE}\n")
    import_source(SPEC, out, source)
    add_reviews(out, [Answer("finding", "f1", "accepted", "Li", datetime(2023, 7, 1), None)], "here")
    return source, out


def test_answers_outlive_the_next_import(folders: tuple[Path, Path]):
    source, out = folders
    import_source(SPEC, out, source)
    assert read_reviews(open_hospital(out))["finding_id"].tolist() == ["f1"] and is_whole(out)


def test_answers_that_were_damaged_are_told_instead_of_sealed_anew(folders: tuple[Path, Path]):
    source, out = folders
    path = out / "reviews.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match=r"reviews\.parquet"):
        import_source(SPEC, out, source)
