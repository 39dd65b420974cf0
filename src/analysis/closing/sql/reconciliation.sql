-- Grain: one closure check and part of one hospital. Both sides come from different tables; difference = found - expected.
-- must_tie: false = shown for information (the source's own totals, late bookings).
with accruals as (
  select hospital_id, method, category, state, sum(amount) as amount from accrued group by hospital_id, method, category, state
),
case_sums as (
  select hospital_id, drg_code is null as ungrouped, count(*) as cases, coalesce(sum(payment), 0) as payment,
    coalesce(sum(cost_total) filter (where cost_complete), 0) as cost
  from cases group by hospital_id, drg_code is null
),
cost_sums as (
  select s.hospital_id, c.method, c.cost_item, sum(c.amount) as amount
  from case_costs c join stays s on s.stay_id = c.stay_id group by s.hospital_id, c.method, c.cost_item
),
-- what each method has to bring to patients: the inpatient cost of its allocation
to_patients as (
  select c.hospital_id, m.method, c.cost_item, sum(c.full_cost) as amount
  from centre_costs c
  cross join (values ('top_down'), ('bottom_up'), ('cost_to_income')) as m (method)
  where c.setting = 'inpatient' group by c.hospital_id, m.method, c.cost_item
  union all
  select hospital_id, 'top_down_' || allocation, cost_item, sum(amount)
  from alternative_costs where setting = 'inpatient' and allocation <> $allocation and cost_scope = $cost_scope
  group by hospital_id, allocation, cost_item
),
parts as (
  -- ledger = clinical full cost + unallocated, per cost item
  select hospital_id, 'ledger_clinical' as "check", cost_item as part, amount as expected, cast(0 as decimal(38, 2)) as found,
    true as must_tie from ledger where month = $month and $has_ledger
  union all
  select hospital_id, 'ledger_clinical', cost_item, 0, full_cost, true from centre_costs
  union all
  select hospital_id, 'ledger_clinical', cost_item, 0, amount, true from unallocated where level = 'centre'
  -- clinical full cost as allocated = inpatient + outpatient + unallocated
  union all
  select a.hospital_id, 'clinical_settings', a.cost_item, a.amount, 0, true
  from allocations a join cost_centres c on c.hospital_id = a.hospital_id and c.cost_centre = a.to_centre and c.class = 'clinical'
  union all
  select hospital_id, 'clinical_settings', cost_item, 0, full_cost, true from centre_costs
  -- inpatient cost = costs of stays + unallocated, by every method
  union all
  select hospital_id, 'inpatient_cases', method || ': ' || cost_item, amount, 0, true from to_patients
  union all
  select hospital_id, 'inpatient_cases', method || ': ' || cost_item, 0, amount, true from cost_sums
  union all
  select hospital_id, 'inpatient_cases', method || ': ' || cost_item, 0, amount, true from unallocated where level = 'case'
  -- opening + month = discharged + late + closing, for cost by every method and for charges; the discharged as they
  -- stand in the cases where these carry the method
  union all
  select hospital_id, 'work_in_progress', method || ': ' || category, amount, 0, true from opening where method <> 'charge'
  union all
  select hospital_id, 'work_in_progress', method || ': ' || cost_item, amount, 0, true from cost_sums
  union all
  select hospital_id, 'work_in_progress', method || ': ' || category, 0, amount, true from work_in_progress where method <> 'charge'
  union all
  select hospital_id, 'work_in_progress', method || ': ' || category, 0, amount, true from accruals
  where method <> 'charge' and (state = 'late' or (state = 'case' and method <> $case_method))
  union all
  select hospital_id, 'work_in_progress', $case_method || ': ' || category, 0, amount, true from case_cost_parts
  union all
  select hospital_id, 'charges_in_progress', category, amount, 0, true from accruals where method = 'charge'
  union all
  select hospital_id, 'charges_in_progress', category, 0, sum(amount), true from work_in_progress where method = 'charge'
  group by hospital_id, category
  union all
  select hospital_id, 'charges_in_progress', category, 0, amount, true from accruals where method = 'charge' and state = 'late'
  union all
  select hospital_id, 'charges_in_progress', category, 0, sum(amount), true from case_charge_parts group by hospital_id, category
  -- every line of a stay is in the books, or its stay is unknown; every discharge is a case
  union all
  select hospital_id, 'lines_items', 'total', amount, 0, true from line_totals
  union all
  select hospital_id, 'lines_items', 'total', 0, sum(amount), true from case_items group by hospital_id
  union all
  select hospital_id, 'lines_items', 'total', 0, amount, true from line_totals where not known
  union all
  select hospital_id, 'orphan_lines', 'total', 0, amount, false from line_totals where not known
  union all
  select hospital_id, 'discharges_cases', 'count', 1, 0, true from stays
  where discharged_at >= $start_at and discharged_at < $end_at
  union all
  select hospital_id, 'discharges_cases', 'count', 0, cases, true from case_sums
  union all
  select hospital_id, 'late_charges', category, 0, amount, false from accruals where method = 'charge' and state = 'late'
  -- cases = departments, cases = DRGs + not grouped
  union all
  select hospital_id, 'cases_departments', 'payment', payment, 0, true from case_sums
  union all
  select hospital_id, 'cases_departments', 'payment', 0, coalesce(payment, 0), true from departments_closed
  union all
  select hospital_id, 'cases_departments', 'cost', cost, 0, true from case_sums
  union all
  select hospital_id, 'cases_departments', 'cost', 0, coalesce(case_cost, 0), true from departments_closed
  union all
  select hospital_id, 'cases_drgs', 'payment', payment, 0, true from case_sums
  union all
  select hospital_id, 'cases_drgs', 'payment', 0, coalesce(payment_total, 0), true from drgs
  union all
  select hospital_id, 'cases_drgs', 'payment', 0, payment, true from case_sums where ungrouped
  union all
  select hospital_id, 'cases_drgs', 'cost', cost, 0, true from case_sums
  union all
  select hospital_id, 'cases_drgs', 'cost', 0, coalesce(cost_total, 0), true from drgs
  union all
  select hospital_id, 'cases_drgs', 'cost', 0, cost, true from case_sums where ungrouped
  -- what the source itself says
  union all
  select hospital_id, 'lines_settlement', 'total', settled_charge, charge_total, false from case_base
  where settled_charge is not null and charge_drug is not null
  union all
  select hospital_id, 'paid_parts', 'total', charge_total, fund_paid + self_paid, false from case_base
  where fund_paid is not null and self_paid is not null and charge_total is not null
  union all
  select hospital_id, 'own_items', cost_item, sum(amount), 0, false from own_items where $has_ledger
  group by hospital_id, cost_item
  union all
  select hospital_id, 'own_items', cost_item, 0, amount, false from cost_sums
  where method = $case_method and cost_item in ('drugs', 'materials')
  union all
  select hospital_id, 'bed_days_workload', 'days', cast(bed_days as decimal(38, 2)), 0, false
  from workload where month = $month and setting = 'inpatient' and bed_days is not null
  union all
  select hospital_id, 'bed_days_workload', 'days', 0, cast(days as decimal(38, 2)), false from patient_days
  where hospital_id in (select hospital_id from workload where month = $month)
  union all
  select hospital_id, 'income_payable', 'insured', payable, 0, false from settlements where month = $month
  union all
  select hospital_id, 'income_payable', 'insured', 0, payment - coalesce(self_paid, 0), false from cases
  where payment is not null and payer in (select payer from settlements where month = $month)
    and hospital_id in (select hospital_id from settlements where month = $month)
  union all
  select hospital_id, 'income_settlement', 'claimed', claimed, 0, false from settlements where month = $month
  union all
  select hospital_id, 'income_settlement', 'claimed', 0, claimed, false from stays
  where settled_on >= cast($start_at as date) and settled_on < cast($end_at as date)
    and hospital_id in (select hospital_id from settlements where month = $month)
)
select hospital_id, "check", part, sum(expected) as expected, sum(found) as found, sum(found) - sum(expected) as difference,
  bool_or(must_tie) as must_tie, not bool_or(must_tie) or sum(found) = sum(expected) as passed
from parts
group by hospital_id, "check", part
