-- Grain: one item or ward of a pathway that has a cost for all it names. What a case takes, and what one costs in the period.
-- element: the item; for days in bed the ward, * for any.
with items_priced as (
  select hospital_id, item_code, sum(unit_cost) as unit_cost from standard_services group by hospital_id, item_code
),
days_priced as (
  select hospital_id, cost_centre, sum(unit_cost) as unit_cost from standard_days group by hospital_id, cost_centre
),
parts as (
  select s.hospital_id, p.drg_code, case when i.kind = 'drug' then 'drug' when i.kind in ('consumable', 'blood') then 'consumable'
      when i.kind in ('laboratory', 'imaging', 'function_test', 'pathology') then 'exam' else 'service' end as category,
    p.item_code as element, p.quantity, s.unit_cost
  from pathway_items p
  join items_priced s on s.item_code = p.item_code
  join items i on i.item_code = p.item_code
  union all
  select s.hospital_id, p.drg_code, 'stay', coalesce(nullif(p.cost_centre, ''), '*'), p.quantity, s.unit_cost
  from pathway_days p join days_priced s on s.cost_centre = p.cost_centre
  where p.quantity > 0
)
select * from parts p
where not exists (select 1 from standard_gaps g where g.hospital_id = p.hospital_id and g.drg_code = p.drg_code)
