-- secondary_operation: a later operation of the rule's items on one day, charged at `limit` x its list price or more (no
-- discount). The dearest is the first. Without a list price evidence is lacking.
with prices as (
  select item_code, valid_from, list_price from item_prices where list_price is not null
),
dated as (
  select j.line_id, max_by(p.list_price, p.valid_from) as list_price
  from audit_judged j join prices p on p.item_code = j.item_code and p.valid_from <= j.day
  where j.template = 'secondary_operation' group by j.line_id
),
placed as (
  select j.*, coalesce(p.list_price, i.list_price) as list_price, j.amount / j.quantity as price,
    row_number() over (partition by j.rule_no, j.encounter_no, j.day
      order by j.amount / j.quantity desc, j.charged_at, j.line_id) as nth,
    first_value(j.line_id) over (partition by j.rule_no, j.encounter_no, j.day
      order by j.amount / j.quantity desc, j.charged_at, j.line_id) as first_line
  from audit_judged j
  left join items i on i.item_code = j.item_code
  left join dated p on p.line_id = j.line_id
  where j.template = 'secondary_operation'
),
later as (
  select *, strftime(charged_at, '%Y-%m-%d') as part
  from placed where nth > 1 and judged and coalesce(price >= limit_value * list_price, true)
)
select rule_no, encounter_no, part, 'judged' as role, line_id, amount as risk, cast(null as varchar) as other_item,
  cast(nth as double) as count, case when list_price is null then 1 else 2 end as answer, charged_at as facts_at, known_at
from later
union all
select distinct rule_no, encounter_no, part, 'evidence', first_line, cast(0 as decimal(18, 2)), null, null, 2,
  cast(null as timestamp), known_at
from later
