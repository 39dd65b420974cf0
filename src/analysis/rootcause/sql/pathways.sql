-- Grain: one item or ward of a DRG's pathway. Quantity of one case as the last month of the window has it, unit cost of that
-- month; group and content (base units of one unit) as in sample_elements.
with now as (
  select * from standard_items
  where period >= $first and period <= $last and hospital_id = $hospital and drg_code in (select unnest($drgs))
  qualify period = max(period) over (partition by drg_code)
),
known as (
  select item_code, max_by(coalesce(substitution_group, ''), period) as member_of, max_by(coalesce(content, 0), period) as content,
    max_by(coalesce(base_unit, ''), period) as base_unit
  from item_totals group by item_code
),
convertible as (
  select member_of from known where member_of <> ''
  group by member_of having min(content) > 0 and min(base_unit) <> '' and min(base_unit) = max(base_unit)
)
select n.drg_code, n.category, n.element, coalesce(nullif(k.member_of, ''), n.element) as "group",
  case when c.member_of is null then 1.0 else k.content end as content, n.quantity, n.unit_cost
from now n
left join known k on n.category <> 'stay' and k.item_code = n.element
left join convertible c on c.member_of = k.member_of
order by n.drg_code, n.category, n.element
