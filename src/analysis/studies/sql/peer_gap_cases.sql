-- Cases with known cost and stay, of all hospitals of the folder: what gaps to the peers are split from.
-- Grain: one case.
select
  hospital_id, drg_code, coalesce(severity, '?') as severity, coalesce(age_band, '?') as age_band,
  cast(length_of_stay as double) as days, cast(cost_total as double) as cost
from cases
where cost_complete and cost_total is not null and length_of_stay is not null
order by drg_code, hospital_id, stay_id
