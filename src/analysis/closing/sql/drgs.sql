-- Grain: one DRG of one hospital. Money of its cases; cost figures over the cases whose cost is complete.
-- fixed_cost, variable_cost: by the scheme's fixed_items; contribution_total: income - variable cost.
-- standard_cost: of one case, the sum of standard_costs.
-- cost_index, time_index: own mean / regional mean (cost where charges are not comparable).
with parted as (
  select p.stay_id, sum(case when f.cost_item is not null then p.amount else 0 end) as fixed,
    sum(case when f.cost_item is null then p.amount else 0 end) as variable
  from case_cost_parts p left join fixed_items f on f.cost_item = p.category
  group by p.stay_id
),
grouped as (
  select c.* replace (cast(c.weight as decimal(18, 6)) as weight), p.benchmark_charge,
    cast(p.benchmark_days as decimal(18, 6)) as benchmark_days, p.benchmark_cost, x.fixed, x.variable
  from cases c
  join case_payments p on p.stay_id = c.stay_id
  left join parted x on x.stay_id = c.stay_id
  where c.drg_code is not null
),
summed as (
  select hospital_id, drg_code, count(*) as cases, sum(length_of_stay) as bed_days, sum(weight) as weight_total,
    sum(weight) / count(weight) as weight, sum(charge_total) as charge_total, sum(payment) as payment_total,
    sum(cost_total) filter (where cost_complete) as cost_total, count(*) filter (where cost_complete) as cost_cases,
    sum(margin_payment) as margin_payment_total, sum(margin_cost) as margin_cost_total,
    sum(fixed) filter (where cost_complete) as fixed_cost, sum(variable) filter (where cost_complete) as variable_cost,
    sum(payment - variable) filter (where cost_complete and payment is not null) as contribution_total,
    sum(charge_total) filter (where benchmark_charge is not null) as index_charge, sum(benchmark_charge) as regional_charge,
    sum(cost_total) filter (where cost_complete and benchmark_cost is not null) as index_cost,
    sum(benchmark_cost) filter (where cost_complete) as regional_cost,
    sum(length_of_stay) filter (where benchmark_days is not null) as index_days, sum(benchmark_days) as regional_days
  from grouped group by hospital_id, drg_code
),
standard as (
  select hospital_id, drg_code, sum(amount) as standard_cost from standard_costs group by hospital_id, drg_code
)
select s.*, t.standard_cost,
  payment_total / cases as payment_per_case, charge_total / cases as charge_per_case,
  cost_total / nullif(cost_cases, 0) as cost_per_case, margin_cost_total / nullif(cost_cases, 0) as margin_cost_per_case,
  coalesce(index_charge / nullif(regional_charge, 0), index_cost / nullif(regional_cost, 0)) as cost_index,
  index_days / nullif(regional_days, 0) as time_index
from summed s
left join standard t on t.hospital_id = s.hospital_id and t.drg_code = s.drg_code
