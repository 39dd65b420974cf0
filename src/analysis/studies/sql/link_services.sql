-- Grain: one performing centre of the month: its inpatient pool beside what service items bear of it by each method,
-- and the cost of its idle capacity. own: drugs and materials of the pool, which patients bear themselves first.
with pools as (
  select cost_centre, sum(inpatient) as pool,
    sum(case when cost_item in ('drugs', 'materials') then inpatient else 0 end) as own
  from service_pools where hospital_id = $hospital and period = $period group by cost_centre
),
items as (
  select cost_centre, sum(case when method = 'activity' then cost end) as activity,
    sum(case when method = 'equivalence' then cost end) as equivalence, sum(case when method = 'ratio' then cost end) as ratio,
    sum(case when method = 'ratio' then revenue end) as revenue
  from services where hospital_id = $hospital and period = $period group by cost_centre
)
select p.cost_centre, coalesce(n.class, '') as family, cast(p.pool as double) as pool, cast(p.own as double) as own,
  cast(i.activity as double) as activity, cast(i.equivalence as double) as equivalence, cast(i.ratio as double) as ratio,
  cast(i.revenue as double) as revenue, cast(c.unused_cost as double) as idle
from pools p
left join items i on i.cost_centre = p.cost_centre
left join centre_capacity c on c.hospital_id = $hospital and c.period = $period and c.cost_centre = p.cost_centre
left join names n on n.hospital_id = $hospital and n.kind = 'cost_centre' and n.code = p.cost_centre
order by p.cost_centre
