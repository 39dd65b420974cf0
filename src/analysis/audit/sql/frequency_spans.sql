-- Grain: one line of a rule on a sliding span of time, of stays that use more than the limit in all.
-- Numbers are summed as doubles: DuckDB 2.0 loses the rows when a sum of decimals over a partition is compared to a double.
with summed as (
  select rule_no, encounter_id, item_code, line_id, charged_at, quantity, limit_value, window_seconds,
    sum(cast(quantity as double)) over (partition by rule_no, encounter_id, item_code) as whole
  from audit_judged where template = 'frequency' and window_kind = 'seconds'
)
select rule_no, encounter_id, item_code, line_id, epoch(charged_at) as at_second, cast(quantity as double) as quantity,
  limit_value, window_seconds
from summed where whole > limit_value
order by rule_no, encounter_id, item_code, charged_at, line_id
