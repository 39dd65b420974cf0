-- Grain: one substitution group of the hospital's items used in the period: its costliest item, and how many there are.
-- base_unit: what its quantities are counted in, where every member says its content in it; else empty.
select substitution_group as code, max_by(item_code, coalesce(cost, amount, 0)) as item_code,
  count(distinct item_code) as items,
  case when min(coalesce(content, 0)) > 0 and min(coalesce(base_unit, '')) = max(coalesce(base_unit, ''))
    then min(base_unit) else '' end as base_unit
from item_totals
where hospital_id = $hospital and period = $period and substitution_group is not null
group by substitution_group
order by substitution_group
