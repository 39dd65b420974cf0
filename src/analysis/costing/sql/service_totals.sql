-- Grain: one service item x performing centre. Services of the period by charge lines (of outpatients too, where there
-- are), and what one takes by its recipe.
select l.hospital_id, l.cost_centre, l.item_code, cast(sum(l.quantity) as double) as volume,
  cast(sum(l.amount) as double) as revenue, cast(max(r.minutes) as double) as minutes,
  cast(max(r.coefficient) as double) as coefficient, cast(max(r.material) as double) as material
from service_lines l
left join recipes r on r.item_code = l.item_code and r.cost_centre = l.cost_centre
group by l.hospital_id, l.cost_centre, l.item_code
having sum(l.quantity) <> 0 or sum(l.amount) <> 0
order by l.hospital_id, l.cost_centre, l.item_code
