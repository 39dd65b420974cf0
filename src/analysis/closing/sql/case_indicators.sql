-- Grain: one subject of a scope (hospital, department, team, physician, DRG). Indicators of the discharged cases.
-- Each indicator of the vocabulary stands as NAME__n (numerator) and NAME__d (denominator; absent for sums).
-- Ratios and weights are summed as decimals: the same sum in whatever order the rows come.
with facts as (
  select c.* replace (cast(c.weight as decimal(18, 6)) as weight, cast(c.satisfaction as decimal(18, 6)) as satisfaction),
    p.benchmark_charge, p.benchmark_days, p.benchmark_cost, p.low_risk,
    cast(p.benchmark_charge is null and p.benchmark_cost is not null as boolean) as by_cost
  from cases c join case_payments p on p.stay_id = c.stay_id
),
scoped as (
  select 'hospital' as scope, hospital_id as subject, * from facts
  union all select 'department', coalesce(department, '?'), * from facts
  union all select 'team', team, * from facts where team is not null
  union all select 'physician', physician_id, * from facts where physician_id is not null
  union all select 'drg', drg_code, * from facts where drg_code is not null
)
select hospital_id, scope, subject,
  count(*) as discharges__n,
  sum(length_of_stay) as bed_days__n,
  count(distinct drg_code) as drg_groups__n,
  sum(weight) as total_weight__n,
  sum(weight) as cmi__n, count(weight) as cmi__d,
  sum(cast(case when by_cost then cost_total / benchmark_cost else charge_total / benchmark_charge end as decimal(28, 10)))
    as cost_index__n,
  count(case when by_cost then cost_total / benchmark_cost else charge_total / benchmark_charge end) as cost_index__d,
  sum(cast(length_of_stay / benchmark_days as decimal(28, 10))) as time_index__n, count(length_of_stay / benchmark_days) as time_index__d,
  sum(case when by_cost then cost_total when benchmark_charge is not null then charge_total end) as cost_index_ratio__n,
  sum(case when by_cost and cost_total is not null then benchmark_cost
    when charge_total is not null then benchmark_charge end) as cost_index_ratio__d,
  sum(case when benchmark_days is not null then length_of_stay end) as time_index_ratio__n,
  sum(cast(case when length_of_stay is not null then benchmark_days end as decimal(28, 10))) as time_index_ratio__d,
  count(*) filter (where low_risk and died) as low_risk_mortality__n, count(*) filter (where low_risk) as low_risk_mortality__d,
  count(*) filter (where died) as mortality__n, count(died) as mortality__d,
  count(*) filter (where complication) as complication_rate__n, count(complication) as complication_rate__d,
  sum(satisfaction) as satisfaction__n, count(satisfaction) as satisfaction__d,
  sum(charge_total) as charge_per_case__n, count(charge_total) as charge_per_case__d,
  sum(cost_total) filter (where cost_complete) as cost_per_case__n, count(*) filter (where cost_complete) as cost_per_case__d,
  sum(cost_total) filter (where cost_complete and weight is not null) as cost_per_weight__n,
  sum(weight) filter (where cost_complete) as cost_per_weight__d,
  sum(self_paid) as self_paid_per_case__n, count(self_paid) as self_paid_per_case__d,
  sum(length_of_stay) as mean_stay__n, count(length_of_stay) as mean_stay__d,
  sum(payment) as payment_total__n,
  sum(cost_total) filter (where cost_complete) as cost_total__n,
  sum(margin_payment) as margin_payment__n,
  sum(margin_cost) as margin_cost__n,
  count(*) filter (where charge_total <= standard and margin_payment is not null) as cost_control_rate__n,
  count(*) filter (where standard is not null and margin_payment is not null) as cost_control_rate__d,
  count(drg_code) as grouping_rate__n, count(*) as grouping_rate__d,
  count(*) filter (where outlier = 'high') as high_outlier_rate__n, count(standard) as high_outlier_rate__d,
  count(*) filter (where outlier = 'low') as low_outlier_rate__n, count(standard) as low_outlier_rate__d
from scoped
group by hospital_id, scope, subject
