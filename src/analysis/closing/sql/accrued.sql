-- Grain: one stay x method x category. What a stay has accrued since admission: opening balance + this period.
-- method: a costing method with cost items as categories; or charge with charge categories (lines without an amount,
-- as a source without prices has them, accrue nothing: their money is unknown, not zero).
-- state: case (discharged in the period), open (in house at its end), late (discharged before: booked afterwards).
with moved as (
  select stay_id, method, category, amount from opening
  union all
  select stay_id, method, cost_item, amount from case_costs
  union all
  select c.stay_id, 'charge', coalesce(k.category, 'other'), c.amount
  from case_kinds c left join kind_categories k on k.kind = c.kind
  where c.amount is not null
),
summed as (
  select stay_id, method, category, sum(amount) as amount from moved group by stay_id, method, category
)
select m.stay_id, s.hospital_id, m.method, m.category,
  case when s.discharged_at < $start_at then 'late' when s.discharged_at < $end_at then 'case' else 'open' end as state,
  m.amount
from summed m join stays s on s.stay_id = m.stay_id
