-- retest: the same test sooner than `limit` hours after the last one of the same patient, whatever the stay.
with met as (
  select b.rule_no, b.encounter_id, b.line_id, b.amount, b.ordered_at, b.charged_at, b.known_at, a.line_id as other_line,
    coalesce(a.ordered_at, a.charged_at) as other_at, (epoch(b.charged_at) - epoch(a.charged_at)) / 3600 as hours,
    row_number() over (partition by b.rule_no, b.line_id order by a.charged_at desc, a.line_id desc) as place
  from audit_judged b
  join audit_retests t on t.line_id = b.line_id
  join audit_retests a on a.patient_id = t.patient_id and a.item_code = t.item_code
    and (a.charged_at, a.line_id) < (t.charged_at, t.line_id)
    and epoch(t.charged_at) - epoch(a.charged_at) < b.limit_value * 3600
    and (a.body_side is null or t.body_side is null or a.body_side = t.body_side)
  where b.template = 'retest' and b.judged and (a.gone_at is null or a.gone_at >= b.until)
),
last as (select *, strftime(charged_at, '%Y-%m-%d') as part from met where place = 1)
select rule_no, encounter_id, part, 'judged' as role, line_id, amount as risk, cast(null as varchar) as other_item, hours as count,
  2 as answer, greatest(coalesce(ordered_at, charged_at), other_at) as facts_at, known_at
from last
union all
select distinct rule_no, encounter_id, part, 'evidence', other_line, cast(0 as decimal(18, 2)), null, null, 2, cast(null as timestamp),
  known_at
from last
