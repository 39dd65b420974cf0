-- Grain: one cost scope of the month under the scheme's allocation method. Clinical full cost by setting; the scheme's
-- own scope is the one of centre_costs.
with costs as (
  select cost_scope, setting, amount from alternative_costs
  where hospital_id = $hospital and period = $period and allocation = $allocation
  union all
  select $own, setting, full_cost from centre_costs where hospital_id = $hospital and period = $period
)
select cost_scope, cast(coalesce(sum(amount) filter (where setting = 'inpatient'), 0) as double) as inpatient,
  cast(coalesce(sum(amount) filter (where setting = 'outpatient'), 0) as double) as outpatient,
  cast(coalesce(sum(amount) filter (where setting = 'unallocated'), 0) as double) as unallocated,
  cast(sum(amount) as double) as total
from costs group by cost_scope order by cost_scope
