"""What a DRG should cost and be charged: standard costs and caps of a period, by parameter file and by history."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis.closing.history import cases_of_year_before
from analysis.closing.parameters import Parameters
from analysis.costing.standard_costs import standard_costs
from analysis.engine import Engine
from analysis.errors import InputError
from analysis.payment.caps import caps_of_period
from analysis.periods import Period


def make_standards(engine: Engine, parameters: Parameters, folder: Path, first: Period, period: Period) -> None:
    """Make `past_cases`, `fixed_items`, `standard_costs`, `standard_gaps`, `caps`; reads `cases` and costing's tables.

    Parameters
    ----------
    folder : outputs/NAME, where the periods from `first` to the one before `period` are closed.

    Raises
    ------
    InputError
        A parameter file names an unknown DRG, item or centre, shares that do not sum to 1, amounts above a standard.
    """
    files = parameters.folder / "standard_costs", parameters.folder / "caps"
    costs_file = files[0] / f"{parameters.settings.standard_costs}.yaml"
    caps_file = files[1] / f"{parameters.settings.caps}.yaml"
    _check_drgs(engine, parameters.standard_costs.pathways, costs_file, "pathways")
    _check_drgs(engine, parameters.caps.drgs, caps_file, "drgs")
    engine.put("past_cases", cases_of_year_before(folder, first, period))
    fixed = parameters.scheme.fixed_items if parameters.scheme else []
    engine.put("fixed_items", pd.DataFrame({"cost_item": fixed}, dtype="str"))
    standard_costs(engine, parameters.scheme, parameters.standard_costs, costs_file)
    caps_of_period(engine, parameters.caps, caps_file)


def _check_drgs(engine: Engine, named: Mapping[str, object], file: Path, key: str) -> None:
    known = engine.frame("select drg_code from payment_standards union select drg_code from stays")["drg_code"]
    unknown = sorted(set(named) - set(known.dropna()))
    if unknown:
        raise InputError(
            f"{len(unknown)} unknown DRG(s)",
            where=f"{file}, {key}",
            rows=[f"{drg}: neither in payment_standards nor in stays" for drg in unknown[:5]],
            mend="write the code as the payment standards do, or take the DRG out of the file",
        )
