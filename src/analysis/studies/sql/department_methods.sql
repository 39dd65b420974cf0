-- Grain: one department of the discharged cases of a span that have a margin.
-- margin_second: their margin by the second costing method, where it knows every one of them.
-- full_cost, direct_cost: their cost by the cases' method ($method) from case_costs, and the direct part of it: every amount
-- times the direct share of its centre and cost item in its month (top-down: of the clinical centre's inpatient cost;
-- otherwise of the performing centre's pool).
with held as (
  select period, cost_centre, cost_item, sum(direct) as direct, sum(full_cost) as whole
  from centre_costs
  where hospital_id = $hospital and setting = 'inpatient' and $method = 'top_down'
  group by period, cost_centre, cost_item
  union all
  select period, cost_centre, cost_item, direct, total
  from service_pools
  where hospital_id = $hospital and $method <> 'top_down'
),
shares as (
  select period, cost_centre, cost_item, cast(direct as double) / nullif(cast(whole as double), 0) as share from held
),
chosen as (
  select stay_id, department, payment from case_book
  where period between $first and $last and department is not null and cost_complete and margin_cost is not null
),
direct as (
  select c.department, cast(sum(m.amount) as double) as full_cost,
    cast(sum(cast(cast(m.amount as double) * s.share as decimal(18, 6))) as double) as direct_cost
  from chosen c
  join case_costs m on m.stay_id = c.stay_id and m.method = $method
  left join shares s on s.period = m.period and s.cost_centre = m.cost_centre and s.cost_item = m.cost_item
  group by c.department
),
judged as (
  select c.department, count(*) as cases, count(m.stay_id) as known, cast(sum(c.payment - m.cost) as double) as margin
  from chosen c
  left join second_costs m on m.stay_id = c.stay_id
  group by c.department
)
select j.department, case when j.known = j.cases then j.margin end as margin_second, d.full_cost, d.direct_cost
from judged j
left join direct d on d.department = j.department
order by j.department
