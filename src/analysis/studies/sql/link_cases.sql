-- Grain: one method of case costing x cost item of the month: inpatient full cost of its allocation beside what stays bear
-- and what reached none.
with methods as (select distinct method from case_costs where period = $period),
others as (
  select distinct stay_id from patient_days where hospital_id <> $hospital
),
allocated as (
  select m.method, c.cost_item, c.full_cost as amount
  from centre_costs c join methods m on m.method in ('top_down', 'bottom_up', 'cost_to_income')
  where c.hospital_id = $hospital and c.period = $period and c.setting = 'inpatient'
  union all
  select m.method, a.cost_item, a.amount
  from alternative_costs a join methods m on m.method = 'top_down_' || a.allocation
  where a.hospital_id = $hospital and a.period = $period and a.setting = 'inpatient' and a.cost_scope = $scope
),
sides as (
  select method, cost_item, amount as departments, 0 as stays, 0 as unallocated from allocated
  union all
  select c.method, c.cost_item, 0, c.amount, 0
  from case_costs c
  where c.period = $period and not exists (select 1 from others o where o.stay_id = c.stay_id)
  union all
  select method, cost_item, 0, 0, amount from unallocated
  where hospital_id = $hospital and period = $period and level = 'case'
)
select method, cost_item, cast(sum(departments) as double) as departments, cast(sum(stays) as double) as stays,
  cast(sum(unallocated) as double) as unallocated, cast(sum(stays + unallocated - departments) as double) as difference
from sides group by method, cost_item order by method, cost_item
