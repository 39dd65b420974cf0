-- Grain: one DRG with a pathway x cost item of one hospital. The pathway's items and days at the period's unit costs, to the
-- fen.
with parts as (
  select s.hospital_id, p.drg_code, s.cost_item, p.quantity * s.unit_cost as amount
  from pathway_items p join standard_services s on s.item_code = p.item_code
  union all
  select s.hospital_id, p.drg_code, s.cost_item, p.quantity * s.unit_cost
  from pathway_days p join standard_days s on s.cost_centre = p.cost_centre
)
select hospital_id, drg_code, cost_item, cast(round(sum(amount), 2) as decimal(18, 2)) as amount
from parts group by hospital_id, drg_code, cost_item
