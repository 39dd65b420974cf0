"""Who is on which pathway: by the hospital's own records, else by the pathway's criteria."""

from collections.abc import Mapping
from datetime import datetime

from analysis.engine import Engine
from analysis.pathways.library_rows import put_library
from analysis.pathways.model import Pathway

_SQL = "analysis.pathways"


def find_pathway_stays(
    engine: Engine,
    start: datetime,
    end: datetime,
    library: Mapping[str, Pathway],
    admitted_from: datetime = datetime.min,
) -> None:
    """Leave table pathway_stays: stays discharged from `start` on and before `end`, one row for each of their pathways.

    A stay that the hospital's records put on pathways of the library is on these, whatever its codes say. Any other
    stay is on every pathway all of whose criteria it fulfils: one of the DRGs, one of the diagnoses (principal), one of
    the procedures (any), one of the severities, the age, and none of `unless_diagnosis` (in any position). What is not
    known fulfils nothing. A pathway that names no records takes everyone who fulfils its criteria.

    Parameters
    ----------
    engine : sees stays, diagnoses, procedures, pathway_records.
    admitted_from : earlier admissions are left out.

    Returns
    -------
    Nothing; the library's own tables (`put_library`) stay in the engine, too.
    """
    put_library(engine, library)
    engine.make(_SQL, "pathway_stays", start_at=start, end_at=end, admitted_from=admitted_from)
