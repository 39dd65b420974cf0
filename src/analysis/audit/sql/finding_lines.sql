-- Grain: one line of a finding; its money once: to the first hit that judges it, violation before suspicious, active
-- before shadow, then by rule. Evidence beside it carries none; where evidence is lacking nothing is at risk (empty).
with owned as (
  select f.finding_id, k.line_id, k.judged, k.outcome, k.risk, k.other_item,
    row_number() over (partition by k.line_id order by case when k.outcome = 2 and k.judged then 0 else 1 end,
      case r.result when 'violation' then 0 else 1 end, case r.status when 'active' then 0 else 1 end,
      r.rule_id, r.rule_version, f.finding_id) as place
  from audit_kept k
  join audit_findings f on f.rule_no = k.rule_no and f.encounter_id = k.encounter_id and f.part = k.part and f.month = k.month
    and f.answer = k.outcome
  join audit_rule_rows r on r.rule_no = k.rule_no
  where k.line_id is not null
)
select finding_id, line_id, judged, other_item, case when judged then risk end as concerned,
  case when outcome = 1 then null when judged and place = 1 then risk else cast(0 as decimal(18, 2)) end as amount
from owned
