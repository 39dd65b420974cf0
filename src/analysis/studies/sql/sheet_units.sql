-- Grain: one service unit x cost item of a DRG's cases of a span with complete cost, by one method: sum over the cases.
with chosen as (
  select stay_id from case_book
  where drg_code = $drg and period between $first and $last and cost_complete and cost_total is not null
)
select k.cost_centre, k.cost_item, cast(sum(k.amount) as double) as amount,
  (select count(*) from chosen) as cases
from case_costs k
join chosen h on h.stay_id = k.stay_id
where k.method = $method
group by k.cost_centre, k.cost_item
order by k.cost_centre, k.cost_item
