-- Grain: one clinical centre x cost item, both settings. indirect = what was allocated to it.
select cost_centre, cost_item, cast(sum(direct) as double) as direct,
  cast(sum(from_administration) as double) as from_administration, cast(sum(from_auxiliary) as double) as from_auxiliary,
  cast(sum(from_technology) as double) as from_technology, cast(sum(full_cost - direct) as double) as indirect,
  cast(sum(full_cost) as double) as full_cost
from centre_costs
where hospital_id = $hospital and period = $period
group by cost_centre, cost_item
order by cost_centre, cost_item
