-- Grain: one line of a finding, with its money at risk (amount) and what the finding alone would put at risk (concerned).
select f.finding_id, k.line_id, k.judged, k.item_code, k.other_item, k.risk as concerned, k.amount
from audit_kept k
join audit_findings f on f.rule_no = k.rule_no and f.encounter_no = k.encounter_no and f.part = k.part and f.month = k.month
  and f.answer = k.outcome
where k.line_id is not null
