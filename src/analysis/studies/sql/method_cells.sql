-- Grain: one department x DRG x method of case costing: margin of the span's cases with complete cost and an income.
-- Only methods that every period of the span holds; a stay that a method gives nothing costs nothing by it.
-- counted: part of the hospital's figures of the DRG (drg_plan).
with whole as (
  select method from case_costs where period between $first and $last
  group by method having count(distinct period) = $periods
),
chosen as (
  select c.stay_id, c.department, c.drg_code, c.payment, coalesce(p.counted, false) as counted
  from case_book c
  left join drg_plan p on p.department is not distinct from c.department and p.drg_code is not distinct from c.drg_code
  where c.period between $first and $last and c.margin_cost is not null
)
select c.department, c.drg_code, c.counted, w.method, count(*) as cases,
  cast(sum(c.payment - coalesce(m.cost, 0)) as double) as margin
from chosen c
cross join whole w
left join stay_methods m on m.stay_id = c.stay_id and m.method = w.method
group by all
order by all
