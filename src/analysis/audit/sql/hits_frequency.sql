-- frequency: of one item more than the limit in a day of the calendar, in the stay, or in any span of so many hours or
-- days (audit_sliding). Lines count in order of time; only what exceeds the limit is at risk.
with counted as (
  select *, sum(quantity) over (partition by rule_no, encounter_id, item_code, case when window_kind = 'day' then day end
    order by charged_at, line_id rows between unbounded preceding and current row) as total
  from audit_judged where template = 'frequency' and window_kind in ('day', 'visit')
),
over as (
  select * exclude (total), total, least(quantity, cast(total - limit_value as decimal(18, 4))) as excess
  from counted where total > cast(limit_value as decimal(18, 4))
  union all
  select j.*, s.total, cast(s.excess as decimal(18, 4))
  from audit_judged j join audit_sliding s on s.rule_no = j.rule_no and s.line_id = j.line_id
)
select rule_no, encounter_id, case window_kind when 'visit' then '' else strftime(charged_at, '%Y-%m-%d') end as part,
  'judged' as role, line_id, cast(round(amount * excess / quantity, 2) as decimal(18, 2)) as risk,
  cast(null as varchar) as other_item, cast(total as double) as count, 2 as answer,
  coalesce(ordered_at, charged_at) as facts_at, known_at
from over where judged
