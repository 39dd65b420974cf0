-- Grain: one clinical centre x setting x cost item. Where the cost of the centre came from, parted by setting.
-- from_*: cost received in the steps, by the class of the giver; direct includes what was computed in at step 0.
select p.hospital_id, p.cost_centre, c.department, p.setting, p.cost_item,
  sum(case when p.origin = 'direct' then p.amount else 0 end) as direct,
  sum(case when p.origin = 'administration' then p.amount else 0 end) as from_administration,
  sum(case when p.origin = 'auxiliary' then p.amount else 0 end) as from_auxiliary,
  sum(case when p.origin = 'technology' then p.amount else 0 end) as from_technology,
  sum(p.amount) as full_cost
from setting_parts p
join cost_centres c on c.hospital_id = p.hospital_id and c.cost_centre = p.cost_centre
group by p.hospital_id, p.cost_centre, c.department, p.setting, p.cost_item
