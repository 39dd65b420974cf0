-- Grain: one stay that bears cost of the period, with its number in the order of the codes.
select stay_id, row_number() over (order by stay_id) - 1 as stay
from (select stay_id from patient_days union select stay_id from own_items union select stay_id from service_shares)
