-- Grain: one drug or consumable used in a span or the one before it: quantity, purchase cost, stays that had it and the
-- group of items that can replace one another (empty where it has none).
with used as (
  select item_code, min(kind) as kind, nullif(max(substitution_group), '') as substitution_group,
    coalesce(sum(quantity) filter (where period between $first and $last), 0) as quantity,
    coalesce(sum(cost) filter (where period between $first and $last), 0) as cost,
    coalesce(sum(quantity) filter (where period between $before_first and $before_last), 0) as quantity_before,
    coalesce(sum(cost) filter (where period between $before_first and $before_last), 0) as cost_before
  from item_totals
  where hospital_id = $hospital and kind in ('drug', 'consumable') and cost is not null
  group by item_code
),
stays as (
  select c.item_code, count(distinct c.stay_id) filter (where c.period between $first and $last) as stays,
    count(distinct c.stay_id) filter (where c.period between $before_first and $before_last) as stays_before
  from case_items c
  join used u on u.item_code = c.item_code and u.kind = 'consumable'
  where c.stay_id in (select stay_id from patient_days where hospital_id = $hospital)
  group by c.item_code
)
select u.item_code, u.kind, u.substitution_group, cast(u.quantity as double) as quantity, cast(u.cost as double) as cost,
  cast(u.quantity_before as double) as quantity_before, cast(u.cost_before as double) as cost_before,
  coalesce(s.stays, 0) as stays, coalesce(s.stays_before, 0) as stays_before
from used u left join stays s on s.item_code = u.item_code
where u.cost <> 0 or u.cost_before <> 0
order by u.cost desc, u.cost_before desc, u.item_code
