-- Grain: one performing centre x service item. True cost of the year's inpatient services with idle time, and what the
-- bottom-up method implies: the cost that each stay bears in the centre, parted over its services as they truly cost.
with parted as (
  select *, sum(true_cost) over (partition by stay_id, month, cost_centre) as true_of_stay from stay_services
)
select cost_centre, item_code, sum(volume) as volume, sum(true_cost) as true_worked,
  sum(coalesce(found, 0) * true_cost / true_of_stay) as found_worked
from parted
where true_of_stay > 0
group by cost_centre, item_code
order by cost_centre, item_code
