"""A hospital that does little but gastrectomies, four months of it, closed: cases enough for a study within seconds."""

from dataclasses import replace

import pytest
from closed_factory import Small

FIRST, LAST = "2022-01", "2022-04"


@pytest.fixture(scope="session")
def eras(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Written once a run of the tests, whichever folder asks first."""
    root = tmp_path_factory.getbasetemp() / "eras"
    made = Small(root / "data/eras", root / "outputs", LAST)
    if not (root / "closed").exists():
        write_eras(made)
        (root / "closed").touch()
    return made


def write_eras(made: Small) -> None:
    from analysis.closing import close
    from analysis.contract import contract_tables
    from analysis.demo.assembly import pieces
    from analysis.demo.parameters import demo_parameters
    from analysis.demo.world import build_world
    from analysis.hospital import save_card, save_table, seal_folder
    from analysis.periods import parse_range
    from analysis.settings import SourceCard

    known = demo_parameters()
    shares = {code: 40 if code == "GB19" else drg.share / 10 for code, drg in known.drgs.items()}
    drgs = {code: drg.model_copy(update={"share": shares[code]}) for code, drg in known.drgs.items()}
    for name, rows in pieces(build_world(replace(known, drgs=drgs), 7, (), 900, FIRST, LAST)):
        save_table(made.data, contract_tables()[name], rows)
    save_card(made.data, SourceCard(name="示范医院", name_en="Demonstration hospital", closing="demo"))
    seal_folder(made.data)
    close(made.data, parse_range(f"{FIRST}..{LAST}"), made.outputs)


def study_of(made: Small, language: str = "zh", last: str = LAST, draws: int = 200):
    """The study of ERAS on this hospital; imports are late so that collecting the tests stays quick."""
    from report_fixtures import opened

    from analysis.studies.case_study import examine

    return examine(opened(made, language), "eras_gastrectomy", FIRST, last, draws=draws)
