-- Grain: one DRG of the hospital's (or one department's) cases of a span; of a department also one row `*` of all the
-- groups it does not show (drg_plan), cases without a DRG among them.
-- The hospital's DRG is without the departments whose few cases its sum would give away.
-- months_over: months whose cases together lost money; margin_second: margin by the second costing method, over the same
-- cases; regional: what the cases would cost at the regional mean.
-- margin_third: by the method that is neither; part: cells of departments are left out of the hospital's DRG.
-- standard_cost: mean standard cost of the cases, where every one of them has one and all on one basis (standard_basis);
-- variable_per_case, contribution_per_case: cost that grows with cases, and income - it.
with chosen as (
  select c.* exclude (drg_code), case when p.hidden and $department <> '' then '*' else c.drg_code end as drg_code
  from case_book c
  join drg_plan p on p.department is not distinct from c.department and p.drg_code is not distinct from c.drg_code
  where c.period between $first and $last
    and (($department = '' and p.counted) or ($department <> '' and c.department = $department))
),
monthly as (
  select drg_code, count(*) filter (where margin < 0) as months_over, count(*) as months
  from (select drg_code, period, sum(margin_cost) as margin from chosen group by drg_code, period)
  where margin is not null group by drg_code
),
second as (
  select c.drg_code, count(*) as cases, cast(sum(c.payment - m.cost) as double) as margin_second
  from chosen c join second_costs m on m.stay_id = c.stay_id
  where c.cost_complete and c.margin_cost is not null group by c.drg_code
),
third as (
  select c.drg_code, count(*) as cases, cast(sum(c.payment - m.cost) as double) as margin_third
  from chosen c join third_costs m on m.stay_id = c.stay_id
  where c.cost_complete and c.margin_cost is not null group by c.drg_code
),
parts as (
  select drg_code, bool_or(not counted) and $department = '' as part from drg_plan
  where drg_code is not null group by drg_code
),
summed as (
  select drg_code, count(*) as cases, count(margin_cost) as priced, sum(weight) / nullif(count(weight), 0) as weight,
    cast(avg(payment) filter (where margin_cost is not null) as double) as payment_per_case,
    cast(avg(cost_total) filter (where margin_cost is not null) as double) as cost_per_case,
    cast(avg(benchmark_cost) filter (where margin_cost is not null) as double) as regional_cost,
    case when count(standard_cost) filter (where margin_cost is not null) = count(margin_cost)
        and min(standard_basis) is not distinct from max(standard_basis)
      then cast(avg(standard_cost) filter (where margin_cost is not null) as double) end as standard_cost,
    min(standard_basis) as standard_basis,
    cast(avg(variable_cost) filter (where margin_cost is not null) as double) as variable_per_case,
    cast(avg(payment - variable_cost) filter (where margin_cost is not null) as double) as contribution_per_case,
    cast(sum(margin_cost) as double) as margin, cast(avg(margin_cost) as double) as margin_per_case
  from chosen group by drg_code
)
select s.*, m.months_over, m.months, x.margin_second, t.margin_third, coalesce(p.part, false) as part
from summed s
left join monthly m on m.drg_code = s.drg_code
left join second x on x.drg_code = s.drg_code and x.cases = s.priced
left join third t on t.drg_code = s.drg_code and t.cases = s.priced
left join parts p on p.drg_code = s.drg_code
where s.margin is not null or s.drg_code = '*'
order by s.drg_code = '*', s.margin, s.drg_code
