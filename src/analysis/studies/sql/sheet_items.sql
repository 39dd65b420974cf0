-- Grain: one item of a DRG's cases of a span with complete cost. users: cases that had it. cost: purchase cost of drugs
-- and materials; of a service its unit cost by the scheme's method in the span.
with chosen as (
  select stay_id from case_book
  where drg_code = $drg and period between $first and $last and cost_complete and cost_total is not null
),
used as (
  select i.item_code, count(distinct i.stay_id) as users, sum(i.quantity) as quantity, sum(i.amount) as amount,
    sum(i.cost) as cost
  from case_items i join chosen c on c.stay_id = i.stay_id
  group by i.item_code
),
kinds as (select item_code, max(kind) as kind from item_totals group by item_code),
unit_costs as (
  select item_code, sum(cost) / nullif(sum(volume) filter (where cost is not null), 0) as unit_cost from services
  where hospital_id = $hospital and period between $first and $last and method = $service_method group by item_code
)
select u.item_code, coalesce(k.kind, '') as kind, u.users, cast(u.quantity as double) as quantity,
  cast(u.amount as double) as amount, coalesce(cast(u.cost as double), cast(u.quantity as double) * cast(s.unit_cost as double)) as cost,
  (select count(*) from chosen) as cases
from used u
left join kinds k on k.item_code = u.item_code
left join unit_costs s on s.item_code = u.item_code
order by u.item_code
