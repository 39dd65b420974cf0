-- Grain: one stay x method x category. What a stay has accrued since admission: opening balance + this period.
-- method: a costing method with cost items as categories; or charge with charge categories.
-- state: case (discharged in the period), open (in house at its end), late (discharged before: booked afterwards).
with moved as (
  select stay_id, method, category, amount, amount as opening, 0 as month from opening
  union all
  select stay_id, method, cost_item, amount, 0, amount from case_costs
  union all
  select c.stay_id, 'charge', coalesce(k.category, 'other'), c.amount, 0, c.amount
  from case_items c
  left join items i on i.item_code = c.item_code
  left join kind_categories k on k.kind = i.kind
)
select m.stay_id, s.hospital_id, m.method, m.category,
  case when s.discharged_at < $start_at then 'late' when s.discharged_at < $end_at then 'case' else 'open' end as state,
  sum(m.amount) as amount, sum(m.opening) as opening, sum(m.month) as month
from moved m join stays s on s.stay_id = m.stay_id
group by m.stay_id, s.hospital_id, m.method, m.category,
  case when s.discharged_at < $start_at then 'late' when s.discharged_at < $end_at then 'case' else 'open' end
