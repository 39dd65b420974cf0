-- Grain: one item x department of the ordering centre (the centre's code where it belongs to none, ? where unknown).
-- What inpatients were given in the period; cost stays empty for services. substitution_group, content, base_unit, origin:
-- of the item's master.
select i.hospital_id, coalesce(c.department, i.cost_centre) as department, i.item_code, min(i.kind) as kind,
  min(m.substitution_group) as substitution_group, min(cast(m.content as double)) as content, min(m.base_unit) as base_unit,
  min(m.origin) as origin,
  cast(sum(i.quantity) as decimal(18, 4)) as quantity, cast(sum(i.amount) as decimal(18, 2)) as amount,
  cast(sum(i.cost) as decimal(18, 2)) as cost
from case_items i
left join items m on m.item_code = i.item_code
left join cost_centres c on c.hospital_id = i.hospital_id and c.cost_centre = i.cost_centre
group by i.hospital_id, coalesce(c.department, i.cost_centre), i.item_code
