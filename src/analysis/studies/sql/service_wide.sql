-- Grain: one service item x performing centre of the month; its unit cost and cost by each method side by side.
-- methods: how many give a unit cost; over: in how many it exceeds the price.
select s.item_code, s.cost_centre, coalesce(max(n.class), '') as family, cast(max(s.volume) as double) as volume,
  cast(max(s.minutes) as double) as minutes, cast(max(s.material) as double) as material,
  cast(max(s.unit_price) as double) as unit_price, cast(max(s.revenue) as double) as revenue,
  cast(max(s.direct_unit_cost) as double) as direct_unit_cost,
  cast(max(s.unit_cost) filter (where s.method = 'activity') as double) as unit_activity,
  cast(max(s.unit_cost) filter (where s.method = 'equivalence') as double) as unit_equivalence,
  cast(max(s.unit_cost) filter (where s.method = 'ratio') as double) as unit_ratio,
  cast(max(s.cost) filter (where s.method = 'activity') as double) as cost_activity,
  cast(max(s.cost) filter (where s.method = 'equivalence') as double) as cost_equivalence,
  cast(max(s.cost) filter (where s.method = 'ratio') as double) as cost_ratio,
  count(s.unit_cost) filter (where s.unit_price is not null) as methods,
  count(*) filter (where s.unit_cost > s.unit_price) as over
from services s
left join names n on n.hospital_id = $hospital and n.kind = 'cost_centre' and n.code = s.cost_centre
where s.hospital_id = $hospital and s.period = $period
group by s.item_code, s.cost_centre
order by s.cost_centre, s.item_code
