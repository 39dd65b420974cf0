-- retest: the same test sooner than `limit` hours after the last one of the same patient, whatever the stay.
with met as (
  select b.rule_no, b.encounter_no, b.line_id, b.amount, b.ordered_at, b.charged_at, b.known_at, a.other_line, a.other_at,
    a.seconds / 3600 as hours,
    row_number() over (partition by b.rule_no, b.line_id order by a.charged_at desc, a.other_line desc) as place
  from audit_judged b
  join audit_retests a on a.line_id = b.line_id and a.seconds < b.limit_value * 3600 and (a.gone_at is null or a.gone_at >= b.until)
  where b.template = 'retest' and b.judged
),
last as (select *, strftime(charged_at, '%Y-%m-%d') as part from met where place = 1)
select rule_no, encounter_no, part, 'judged' as role, line_id, amount as risk, cast(null as varchar) as other_item, hours as count,
  2 as answer, greatest(coalesce(ordered_at, charged_at), other_at) as facts_at, known_at
from last
union all
select distinct rule_no, encounter_no, part, 'evidence', other_line, cast(0 as decimal(18, 2)), null, null, 2, cast(null as timestamp),
  known_at
from last
