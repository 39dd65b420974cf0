-- Grain: one clinical centre x allocation method over a span, in the scheme's cost scope; only methods that every period
-- of the span holds. The scheme's own method is the one of centre_costs.
with costs as (
  select period, allocation, cost_centre, amount from alternative_costs
  where hospital_id = $hospital and period between $first and $last and cost_scope = $own_scope
  union all
  select period, $own_allocation, cost_centre, full_cost from centre_costs
  where hospital_id = $hospital and period between $first and $last
),
whole as (select allocation from costs group by allocation having count(distinct period) = $periods)
select c.cost_centre, c.allocation, cast(sum(c.amount) as double) as amount
from costs c join whole w on w.allocation = c.allocation
group by c.cost_centre, c.allocation
order by c.cost_centre, c.allocation
