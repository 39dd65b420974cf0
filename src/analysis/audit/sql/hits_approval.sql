-- approval: used without a request approved before the use; an emergency's within `limit` hours after it (24 where it
-- says none). A decision without time, one still awaited or an unknown way of admission leave it open.
with asked as (
  select j.rule_no, j.line_id, max(e.admission_type) as admission,
    bool_or(a.status = 'approved' and a.decided_at <= j.charged_at
      + case when e.admission_type = 'emergency' then interval 1 second * cast(round(coalesce(j.limit_value, 24) * 3600) as bigint) else interval 0 hour end) as granted,
    bool_or(e.admission_type is null or a.status = 'requested' or (a.status = 'approved' and a.decided_at is null)) as unclear
  from audit_judged j
  join audit_encounters e on e.encounter_no = j.encounter_no
  left join approvals a on a.stay_id = j.stay_id and a.item_code = j.item_code
  where j.template = 'approval' and j.judged
  group by j.rule_no, j.line_id
)
select j.rule_no, j.encounter_no, strftime(j.charged_at, '%Y-%m-%d') as part, 'judged' as role, j.line_id, j.amount as risk,
  cast(null as varchar) as other_item, cast(j.quantity as double) as count, case when s.unclear then 1 else 2 end as answer,
  case when s.admission = 'emergency' then j.charged_at + interval 1 second * cast(round(coalesce(j.limit_value, 24) * 3600) as bigint)
    else coalesce(j.ordered_at, j.charged_at) end as facts_at, j.known_at
from audit_judged j
join asked s on s.rule_no = j.rule_no and s.line_id = j.line_id
where s.granted is distinct from true
