-- Grain: one substitution group of the hospital's items used in the period: its costliest item, and how many there are.
select substitution_group as code, max_by(item_code, coalesce(cost, amount, 0)) as item_code,
  count(distinct item_code) as items
from item_totals
where hospital_id = $hospital and period = $period and substitution_group is not null
group by substitution_group
order by substitution_group
