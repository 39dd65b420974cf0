-- Grain: one cost item of the month: inpatient full cost of the clinical centres beside the pools of services they hold.
with sides as (
  select cost_item, full_cost as departments, 0 as wards, 0 as technology from centre_costs
  where hospital_id = $hospital and period = $period and setting = 'inpatient'
  union all
  select p.cost_item, 0, case when n.class is distinct from 'technology' then p.inpatient else 0 end,
    case when n.class = 'technology' then p.inpatient else 0 end
  from service_pools p
  left join names n on n.hospital_id = $hospital and n.kind = 'cost_centre' and n.code = p.cost_centre
  where p.hospital_id = $hospital and p.period = $period
)
select cost_item, cast(sum(departments) as double) as departments, cast(sum(wards) as double) as wards,
  cast(sum(technology) as double) as technology, cast(sum(wards + technology - departments) as double) as difference
from sides group by cost_item order by cost_item
