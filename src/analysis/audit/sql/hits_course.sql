-- course: days of use beyond the limit, or use without the therapy that must come before (within the window, if it says one).
with days as (
  select *, dense_rank() over (partition by rule_no, encounter_no, item_code order by day) as nth from audit_judged where template = 'course'
),
before as (
  select distinct j.rule_no, j.line_id
  from days j
  join audit_rule_items i on i.rule_no = j.rule_no and i.role = 'other'
  join audit_net a on a.encounter_no = j.encounter_no and a.item_code = i.item_code and a.charged_at < j.charged_at
    and (j.window_seconds is null or epoch(j.charged_at) - epoch(a.charged_at) <= j.window_seconds)
),
needing as (
  select distinct rule_no from audit_rule_given where role = 'other'
)
select j.rule_no, j.encounter_no, '' as part, 'judged' as role, j.line_id, j.amount as risk, cast(null as varchar) as other_item,
  cast(j.nth as double) as count, 2 as answer, coalesce(j.ordered_at, j.charged_at) as facts_at, j.known_at
from days j
left join needing n on n.rule_no = j.rule_no
left join before b on b.rule_no = j.rule_no and b.line_id = j.line_id
where j.judged and (j.nth > j.limit_value or (n.rule_no is not null and b.line_id is null))
