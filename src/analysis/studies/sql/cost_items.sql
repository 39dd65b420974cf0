-- Grain: one cost item. Clinical full cost accrued in a span by class of allocation, of the hospital or one department.
select cost_item, cast(sum(direct) as double) as direct,
  cast(sum(from_administration) as double) as from_administration, cast(sum(from_auxiliary) as double) as from_auxiliary,
  cast(sum(from_technology) as double) as from_technology, cast(sum(full_cost) as double) as full_cost
from centre_costs
where hospital_id = $hospital and period between $first and $last and ($department = '' or department = $department)
group by cost_item
order by cost_item
