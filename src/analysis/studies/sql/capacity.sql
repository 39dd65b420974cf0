-- Grain: one performing centre of the month: its practical capacity and how much of it was used.
select cost_centre, class as family, cast(cost as double) as cost, practical_minutes, used_minutes, estimated_minutes,
  cast(rate as double) as rate, unused_minutes, cast(unused_cost as double) as unused_cost
from centre_capacity
where hospital_id = $hospital and period = $period
order by cost_centre
