"""A demonstration hospital of three months, closed once a session: what the tests of cost accounting read."""

from functools import cache
from pathlib import Path

import pytest
from closed_factory import Small

from analysis.closing import close
from analysis.demo.folder import make_demo
from analysis.periods import parse_range
from analysis.studies import (
    allocation_methods,
    allocation_report,
    capacity,
    cost_sheet,
    cost_sheet_cases,
    department_costs,
    drg_costs,
    method_sensitivity,
    services,
    unit_costs,
)
from analysis.studies import reconciliation_links as links

#: Every Finding of the cost accounting notebooks that takes the report alone, and those that also take a DRG.
FINDINGS = (
    department_costs.direct_cost,
    department_costs.clinical_full_cost,
    department_costs.full_cost_structure,
    allocation_report.allocation_summary,
    allocation_report.cost_scopes,
    unit_costs.unit_costs,
    services.service_summary,
    services.services_over_price,
    capacity.idle_capacity,
    drg_costs.drg_cost_detail,
    drg_costs.drg_cost_structure,
    drg_costs.drg_service_units,
    method_sensitivity.drg_margins_by_method,
    method_sensitivity.method_agreement,
    method_sensitivity.department_margins_by_method,
    allocation_methods.allocation_methods,
    links.ledger_to_departments,
    links.departments_to_services,
    links.services_to_items,
    links.departments_to_cases,
    links.stays_over_the_month,
    links.cases_to_drgs,
    links.unallocated_cost,
)
OF_A_DRG = (
    cost_sheet.case_account,
    cost_sheet.unit_matrix,
    cost_sheet.standard_variance,
    cost_sheet_cases.items_used,
    cost_sheet_cases.treating_departments,
    cost_sheet_cases.physicians,
    cost_sheet_cases.cost_distribution,
)


@pytest.fixture(scope="session")
def costed(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Three closed months with ledger, recipes and capacities: every method of allocation and of case costing."""
    return _costed(tmp_path_factory.getbasetemp() / "costed")


@cache
def _costed(root: Path) -> Small:
    data, outputs = root / "data" / "demo", root / "outputs"
    make_demo(data, 7, (), 2000, "2022-01", "2022-03")
    close(data, list(parse_range("2022-01..2022-03")), outputs)
    return Small(data, outputs, "2022-03")
