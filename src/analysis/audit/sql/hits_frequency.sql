-- frequency: of one item more than the limit in a day of the calendar, in the stay, or in any span of so many hours or
-- days (audit_sliding). Lines count in order of time; only what exceeds the limit is at risk.
with spans as (
  select *, case when window_kind = 'day' then day else date '1970-01-01' end as span
  from audit_judged where template = 'frequency' and window_kind in ('day', 'visit')
),
used as (
  select rule_no, encounter_no, item_code, span
  from spans group by rule_no, encounter_no, item_code, span, limit_value
  having sum(quantity) > cast(limit_value as decimal(18, 4))
),
counted as (
  select s.* exclude (span), sum(s.quantity) over (partition by s.rule_no, s.encounter_no, s.item_code, s.span
    order by s.charged_at, s.line_id rows between unbounded preceding and current row) as total
  from spans s
  join used u on u.rule_no = s.rule_no and u.encounter_no = s.encounter_no and u.item_code = s.item_code and u.span = s.span
),
over as (
  select * exclude (total), total, least(quantity, cast(total - limit_value as decimal(18, 4))) as excess
  from counted where total > cast(limit_value as decimal(18, 4))
  union all
  select j.*, s.total, cast(s.excess as decimal(18, 4))
  from audit_judged j join audit_sliding s on s.rule_no = j.rule_no and s.line_id = j.line_id
)
select rule_no, encounter_no, case window_kind when 'visit' then '' else strftime(charged_at, '%Y-%m-%d') end as part,
  'judged' as role, line_id, cast(round(amount * excess / quantity, 2) as decimal(18, 2)) as risk,
  cast(null as varchar) as other_item, cast(total as double) as count, 2 as answer,
  coalesce(ordered_at, charged_at) as facts_at, known_at
from over where judged
