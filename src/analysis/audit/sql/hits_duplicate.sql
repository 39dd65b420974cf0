-- duplicate: the same item, quantity and side again for the same order, at the same moment or within the window; the later
-- line is at risk. Where an order's number is not known, orders given at different moments are different ones.
with moments as (
  select *, case window_kind when 'moment' then charged_at when 'day' then cast(day as timestamp) end as moment
  from audit_judged where template = 'duplicate'
),
met as (
  select b.rule_no, b.encounter_no, b.day, b.line_id, b.amount, b.quantity, b.charged_at, b.known_at, a.line_id as other_line,
    row_number() over (partition by b.rule_no, b.line_id order by a.charged_at, a.line_id) as place
  from moments b
  join moments a on a.rule_no = b.rule_no and a.encounter_no = b.encounter_no and a.item_code = b.item_code
    and a.quantity = b.quantity and a.body_side is not distinct from b.body_side
    and a.moment is not distinct from b.moment
    and (a.charged_at, a.line_id) < (b.charged_at, b.line_id)
  where b.judged and coalesce(a.order_id = b.order_id, a.ordered_at = b.ordered_at, true)
    and (b.window_seconds is null or epoch(b.charged_at) - epoch(a.charged_at) <= b.window_seconds)
),
first as (select *, strftime(charged_at, '%Y-%m-%d') as part from met where place = 1)
select rule_no, encounter_no, part, 'judged' as role, line_id, amount as risk, cast(null as varchar) as other_item,
  cast(quantity as double) as count, 2 as answer, charged_at as facts_at, known_at
from first
union all
select distinct rule_no, encounter_no, part, 'evidence', other_line, cast(0 as decimal(18, 2)), null, null, 2, cast(null as timestamp),
  known_at
from first
