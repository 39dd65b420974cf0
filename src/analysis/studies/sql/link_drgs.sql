-- Grain: one measure of the discharged cases (charges, income, cost): cases beside DRGs and departments.
with of_cases as (
  select 'charges' as measure, coalesce(sum(charge_total), 0) as cases,
    coalesce(sum(charge_total) filter (where drg_code is null), 0) as ungrouped, 0 as incomplete
  from cases where hospital_id = $hospital and period = $period
  union all
  select 'income', coalesce(sum(payment), 0), coalesce(sum(payment) filter (where drg_code is null), 0), 0
  from cases where hospital_id = $hospital and period = $period
  union all
  select 'cost', coalesce(sum(cost_total), 0), coalesce(sum(cost_total) filter (where drg_code is null and cost_complete), 0),
    coalesce(sum(cost_total) filter (where not cost_complete), 0)
  from cases where hospital_id = $hospital and period = $period
),
of_drgs as (
  select coalesce(sum(charge_total), 0) as charges, coalesce(sum(payment_total), 0) as income,
    coalesce(sum(cost_total), 0) as cost
  from drgs where hospital_id = $hospital and period = $period
),
of_departments as (
  select coalesce(sum(case_charge), 0) as charges, coalesce(sum(payment), 0) as income, coalesce(sum(case_cost), 0) as cost
  from departments where hospital_id = $hospital and period = $period
),
joined as (
  select c.*, case c.measure when 'charges' then g.charges when 'income' then g.income else g.cost end as drgs,
    case c.measure when 'charges' then d.charges when 'income' then d.income else d.cost end as departments
  from of_cases c cross join of_drgs g cross join of_departments d
)
select measure, cast(cases as double) as cases, cast(drgs as double) as drgs, cast(ungrouped as double) as ungrouped,
  cast(incomplete as double) as incomplete, cast(drgs + ungrouped + incomplete - cases as double) as difference,
  cast(departments as double) as departments, cast(departments + incomplete - cases as double) as difference_departments
from joined order by measure
