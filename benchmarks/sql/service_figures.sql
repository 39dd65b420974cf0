-- Grain: one performing centre x service item. Cost of the year's inpatient services by time-driven activity-based
-- costing (found) and in truth, at practical capacity; direct: of the centre's own cost alone. Beds take neither
-- minutes nor material and are left out.
select t.cost_centre, t.item_code, sum(t.volume) as volume,
  sum(t.volume * t.direct_unit_cost) as true_direct, sum(t.volume * cast(s.direct_unit_cost as double)) as found_direct,
  sum(t.volume * t.full_unit_cost) as true_full, sum(t.volume * cast(s.unit_cost as double)) as found_full
from true_unit_costs t
join services s on s.period = t.month and s.cost_centre = t.cost_centre and s.item_code = t.item_code
where s.method = 'activity' and t.volume > 0
group by t.cost_centre, t.item_code
having true_full > 0
order by t.cost_centre, t.item_code
