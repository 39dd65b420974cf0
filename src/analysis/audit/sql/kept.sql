-- Grain: one line of a finding. Clear ones are gone; a line that a rule replaces for another (`subsumes`) is not the other's.
with told as (
  select h.*, r.rule_id, r.status, least(h.answer, v.answer) as outcome, greatest(h.facts_at, v.facts_at) as known_facts_at
  from audit_hits h
  join audit_rule_rows r on r.rule_no = h.rule_no
  left join audit_verdicts v on v.rule_no = h.rule_no and v.encounter_id = h.encounter_id
    and v.line_key = case when r.by_line then h.line_id else '' end
  where h.role = 'judged'
),
replaced as (
  select distinct t.line_id, s.subsumed, t.status
  from told t join audit_rule_subsumes s on s.rule_no = t.rule_no
  where t.outcome = 2
),
standing as (
  select t.*, cast(date_trunc('month', t.known_at) as date) as month
  from told t
  left join replaced p on p.line_id = t.line_id and p.subsumed = t.rule_id and (p.status = 'active' or t.status = 'shadow')
  where t.outcome > 0 and p.line_id is null
),
beside as (
  select distinct h.rule_no, h.encounter_id, h.part, h.line_id, s.outcome, s.month
  from audit_hits h
  join (select distinct rule_no, encounter_id, part, outcome, month from standing) s on s.rule_no = h.rule_no
    and s.encounter_id = h.encounter_id and s.part = h.part and s.month = cast(date_trunc('month', h.known_at) as date)
  where h.role = 'evidence'
)
select rule_no, encounter_id, part, month, outcome, true as judged, line_id, risk, other_item, count, known_facts_at as facts_at
from standing
union all
select b.rule_no, b.encounter_id, b.part, b.month, b.outcome, false, b.line_id, cast(0 as decimal(18, 2)), null, null, null
from beside b
left join standing s on s.rule_no = b.rule_no and s.encounter_id = b.encounter_id and s.part = b.part and s.month = b.month
  and s.outcome = b.outcome and s.line_id = b.line_id
where s.line_id is null
