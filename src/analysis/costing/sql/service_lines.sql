-- Grain: one stay (empty: none) x item x performing centre. Services of the period with what they took by their recipes.
-- Drugs, consumables and blood are no services: they leave the pools at purchase price. measure: minutes or coefficients
-- of these services, as the scheme's service method counts; empty without a recipe, or where it goes by charges.
with performed as (
  select l.stay_id, l.hospital_id, l.item_code, l.performing_centre as cost_centre, cast(sum(l.quantity) as decimal(18, 4)) as quantity,
    coalesce(sum(l.amount), 0) as amount
  from line_items l
  left join items i on i.item_code = l.item_code
  where coalesce(i.kind, 'other') not in ('drug', 'consumable', 'blood')
  group by l.stay_id, l.hospital_id, l.item_code, l.performing_centre
)
select p.stay_id, p.hospital_id, p.item_code, p.cost_centre, p.quantity, p.amount,
  cast(p.quantity * cast(case $service_method when 'activity' then r.minutes when 'equivalence' then r.coefficient end
    as decimal(18, 6)) as decimal(38, 6)) as measure,
  cast(coalesce(p.quantity * cast(r.material as decimal(18, 6)), 0) as decimal(38, 6)) as material
from performed p
left join recipes r on r.item_code = p.item_code and r.cost_centre = p.cost_centre
