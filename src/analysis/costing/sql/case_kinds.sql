-- Grain: one stay x clinical centre x kind of item. Charges and purchase cost of the period.
select stay_id, hospital_id, cost_centre, kind, cast(sum(amount) as decimal(18, 2)) as amount,
  cast(sum(cost) as decimal(18, 2)) as cost
from case_items
group by stay_id, hospital_id, cost_centre, kind
