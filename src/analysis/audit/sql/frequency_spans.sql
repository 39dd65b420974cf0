-- Grain: one line of a rule on a sliding span of time, of stays that use more than the limit in all.
with used as (
  select rule_no, encounter_no, item_code
  from audit_judged where template = 'frequency' and window_kind = 'seconds'
  group by rule_no, encounter_no, item_code, limit_value
  having sum(cast(quantity as double)) > limit_value
)
select j.rule_no, j.encounter_no, j.item_code, j.line_id, epoch(j.charged_at) as at_second, cast(j.quantity as double) as quantity,
  j.limit_value, j.window_seconds
from audit_judged j
join used u on u.rule_no = j.rule_no and u.encounter_no = j.encounter_no and u.item_code = j.item_code
where j.template = 'frequency' and j.window_kind = 'seconds'
order by j.rule_no, j.encounter_no, j.item_code, j.charged_at, j.line_id
