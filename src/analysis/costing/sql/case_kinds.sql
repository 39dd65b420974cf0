-- Grain: one stay x clinical centre x kind of item. Charges and purchase cost of the period.
select stay_id, hospital_id, cost_centre, kind, sum(amount) as amount, sum(cost) as cost
from case_items
group by stay_id, hospital_id, cost_centre, kind
