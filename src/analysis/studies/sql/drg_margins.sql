-- Grain: one DRG of the hospital's (or one department's) cases of a span.
-- months_over: months whose cases together lost money; margin_second: margin by the second costing method, over the same
-- cases; regional: what the cases would cost at the regional mean.
with chosen as (
  select * from case_book
  where period between $first and $last and drg_code is not null and ($department = '' or department = $department)
),
monthly as (
  select drg_code, count(*) filter (where margin < 0) as months_over, count(*) as months
  from (select drg_code, period, sum(margin_cost) as margin from chosen group by drg_code, period)
  where margin is not null group by drg_code
),
second as (
  select c.drg_code, count(*) as cases, cast(sum(c.payment - m.cost) as double) as margin_second
  from chosen c join second_costs m on m.stay_id = c.stay_id
  where c.cost_complete group by c.drg_code
),
summed as (
  select drg_code, count(*) as cases, count(*) filter (where period = $period) as month_cases,
    cast(sum(margin_cost) filter (where period = $period) as double) as month_margin,
    count(margin_cost) as priced, sum(weight) / count(weight) as weight,
    cast(avg(standard) as double) as standard_per_case,
    cast(avg(payment) filter (where margin_cost is not null) as double) as payment_per_case,
    cast(avg(cost_total) filter (where margin_cost is not null) as double) as cost_per_case,
    cast(avg(benchmark_cost) filter (where margin_cost is not null) as double) as regional_cost,
    cast(sum(margin_cost) as double) as margin, cast(avg(margin_cost) as double) as margin_per_case
  from chosen group by drg_code
)
select s.*, m.months_over, m.months, x.margin_second
from summed s
left join monthly m on m.drg_code = s.drg_code
left join second x on x.drg_code = s.drg_code and x.cases = s.priced
where s.margin is not null
order by s.margin, s.drg_code
