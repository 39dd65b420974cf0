"""What scenarios are asked on: a small demonstration hospital and a small alliance, each closed once a session."""

import gzip
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from closed_factory import Small
from eras_hospital import eras, study_of

from analysis.closing import close
from analysis.contract import contract_tables
from analysis.hospital import save_card, save_table, seal_folder
from analysis.periods import parse_range
from analysis.settings import SourceCard
from analysis.sources.importer import import_source
from analysis.studies.case_study import keep
from analysis.studies.committee import open_report
from analysis.studies.incentive_gaming import keep_gaming
from analysis.studies.incentives import keep_incentives
from analysis.studies.mdt_meetings import keep_meetings, meetings_of
from analysis.studies.pathway_redesign import open_redesign
from analysis.studies.pathway_redesign_choice import kept
from analysis.studies.value_contract import expose, keep_contract
from analysis.studies.value_quadrants import keep_quadrants

__all__ = ["eras"]
ROOT = Path(__file__).parents[2]
FIRST, LAST = "2022-01", "2023-03"
ALLIANCE_COLUMNS = (
    "Hospital.Service.Area,Hospital.County,Permanent.Facility.Id,Gender,Patient.Disposition,CCSR.Diagnosis.Code,"
    "CCSR.Diagnosis.Description,CCSR.Procedure.Code,CCSR.Procedure.Description,APR.DRG.Code,APR.DRG.Description,"
    "APR.Medical.Surgical.Description,Payment.Typology.1,Total.Charges,Total.Costs,los,age,deathrisk,illseveritydesc,death"
)


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory):
    """A scratch folder with data/ and outputs/; parameters are the project's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        yield tmp_path_factory.mktemp("scenarios")


@pytest.fixture(scope="session")
def closed_demo(folders: Path) -> Path:
    """Half a year of a tenth of the demonstration hospital, on both sides of the hospital-wide roll-out."""
    generator = pytest.importorskip("analysis.demo.generator")
    generator.write_demo(folders / "data/demo", stays_per_year=1200, first=FIRST, last=LAST)
    close(folders / "data/demo", parse_range(f"{FIRST}..{LAST}"), folders / "outputs")
    keep_worth(folders)
    keep_redesigns(folders)
    report = open_report(str(folders / "data/demo"), LAST, str(folders / "outputs"), "en")
    keep_meetings(meetings_of(report, draws=50))
    return folders / "outputs/demo"


def keep_redesigns(folders: Path) -> None:
    """The studies on plans that change a pathway: E3."""
    report = open_report(str(folders / "data/demo"), LAST, str(folders / "outputs"), "en")
    for pathway in ("lumbar_disc", "cataract"):
        kept(open_redesign(report, pathway, replications=10))


def keep_worth(folders: Path) -> None:
    """The studies on quality beside cost, incentive rules and the value contract: F1, F2, F4."""
    report = open_report(str(folders / "data/demo"), LAST, str(folders / "outputs"), "en")
    keep_quadrants(report)
    keep_incentives(report)
    keep_gaming(report)
    keep_contract(expose(report))


@pytest.fixture(scope="session")
def closed_eras(eras: Small) -> Path:
    """Four months of a hospital that does little but gastrectomies, with the study of ERAS kept beside them: F3."""
    keep(study_of(eras, "en"))
    return eras.outputs / "eras"


@pytest.fixture(scope="session")
def closed_stents(folders: Path) -> Path:
    """Two months of a hospital that does little but coronary stenting: the group has cases enough for its causes."""
    pytest.importorskip("analysis.demo.generator")
    from analysis.demo.assembly import pieces
    from analysis.demo.parameters import demo_parameters
    from analysis.demo.world import build_world

    known, data = demo_parameters(), folders / "data/stents"
    shares = {code: 40 if code == "FM19" else drg.share / 10 for code, drg in known.drgs.items()}
    drgs = {code: drg.model_copy(update={"share": shares[code]}) for code, drg in known.drgs.items()}
    for name, rows in pieces(build_world(replace(known, drgs=drgs), 7, (), 900, "2022-01", "2022-02")):
        save_table(data, contract_tables()[name], rows)
    save_card(data, SourceCard(name="示范医院", name_en="Demonstration hospital", closing="demo"))
    seal_folder(data)
    close(data, parse_range("2022-01..2022-02"), folders / "outputs")
    return folders / "outputs/stents"


@pytest.fixture(scope="session")
def closed_alliance(folders: Path) -> Path:
    """Three members, three groups, two severities: a file like New York's, made up."""
    rows = [
        f"Area,County,{facility},F,Home or Self Care,MUS001,Bones,MST001,Repair,{drg},Group {drg},Surgical,Medicare,"
        f"{1000 * dear * (9 + case)},{400 * dear * (9 + case)},{1 + case % 7},50 to 69,Minor,{severity},0"
        for (dear, facility), drg, severity, case in product(
            enumerate((1001, 1002, 1003), 1), (301, 302, 313), ("Minor", "Major"), range(8)
        )
    ]
    source = folders / "source"
    source.mkdir()
    with gzip.open(source / "ny-2020-musculoskeletal.csv.gz", "wt", encoding="utf8") as file:
        file.write("\n".join([ALLIANCE_COLUMNS, *rows]) + "\n")
    import_source(ROOT / "parameters/sources/ny_sparcs.yaml", folders / "data/alliance", source)
    close(folders / "data/alliance", [], folders / "outputs")
    return folders / "outputs/alliance"
