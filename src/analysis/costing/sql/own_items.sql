-- Grain: one stay x clinical centre x cost item. Purchase cost of the patient's own drugs and charged materials.
select stay_id, hospital_id, cost_centre, case when kind = 'drug' then 'drugs' else 'materials' end as cost_item,
  sum(cost) as amount
from case_kinds
where cost is not null
group by stay_id, hospital_id, cost_centre, case when kind = 'drug' then 'drugs' else 'materials' end
