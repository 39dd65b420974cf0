-- Grain: one stay x clinical centre x cost item. Purchase cost of the patient's own drugs and charged materials.
select c.stay_id, s.hospital_id, c.cost_centre,
  case when i.kind = 'drug' then 'drugs' else 'materials' end as cost_item,
  sum(c.cost) as amount
from case_items c
join items i on i.item_code = c.item_code
join stays s on s.stay_id = c.stay_id
where c.cost is not null
group by c.stay_id, s.hospital_id, c.cost_centre, case when i.kind = 'drug' then 'drugs' else 'materials' end
order by c.stay_id, c.cost_centre, cost_item
