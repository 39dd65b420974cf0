-- Grain: one cost of the month that reached no patient or no clinical centre: level x method x centre x reason.
select level, method, cost_centre, reason, cost_item, cast(sum(amount) as double) as amount
from unallocated
where hospital_id = $hospital and period = $period
group by all
order by all
