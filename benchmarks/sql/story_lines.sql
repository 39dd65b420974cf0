-- Grain: one item that the stays of `mine` had more or less of with a story than without it: units with the story less
-- units without it, and what was charged for them (goods are sold at their purchase price).
with paired as (
  select stay_id, item_code, quantity, amount from charges
  union all
  select stay_id, item_code, -quantity, -amount from charges_without
),
changed as (
  select b.item_code, cast(sum(b.quantity) as double) as units, cast(sum(b.amount) as double) as charged
  from paired b join mine m on m.stay_id = b.stay_id
  group by b.item_code having sum(b.quantity) <> 0
)
select i.item_code as element, coalesce(nullif(i.substitution_group, ''), i.item_code) as member_of,
  case when i.kind = 'drug' then 'drug' when i.kind in ('consumable', 'blood') then 'consumable' else 'service' end as kind,
  c.units, c.charged
from changed c join items i on i.item_code = c.item_code
order by i.item_code
