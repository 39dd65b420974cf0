-- Grain: one line of a finding, with what the finding says of it. Clear ones are gone; a line that a rule replaces for
-- another (`subsumes`) is not the other's. risk: what the finding alone would put at risk; amount: a line's money once, to
-- the first rule (`place`) that it hits. Evidence beside it carries none; where evidence is lacking nothing is at risk (empty).
with told as (
  select h.*, r.rule_id, r.status, r.place, least(h.answer, v.answer) as outcome, greatest(h.facts_at, v.facts_at) as known_facts_at,
    cast(date_trunc('month', h.known_at) as date) as month
  from audit_hits h
  join audit_rule_rows r on r.rule_no = h.rule_no
  left join audit_verdicts v on v.rule_no = h.rule_no and v.encounter_no = h.encounter_no
    and v.line_key = case when r.by_line then h.line_id else '' end
  where h.role = 'judged'
),
replaced as (
  select distinct t.line_id, s.subsumed, t.status
  from told t join audit_rule_subsumes s on s.rule_no = t.rule_no
  where t.outcome = 2
),
standing as (
  select t.*
  from told t
  left join replaced p on p.line_id = t.line_id and p.subsumed = t.rule_id and (p.status = 'active' or t.status = 'shadow')
  where t.outcome > 0 and p.line_id is null
),
owners as (
  select line_id, min(place) as place from standing where outcome = 2 group by line_id
),
beside as (
  select distinct h.rule_no, h.encounter_no, h.part, h.line_id, s.outcome, s.month
  from audit_hits h
  join (select distinct rule_no, encounter_no, part, outcome, month from standing) s on s.rule_no = h.rule_no
    and s.encounter_no = h.encounter_no and s.part = h.part and s.month = cast(date_trunc('month', h.known_at) as date)
  where h.role = 'evidence'
),
every as (
  select rule_no, encounter_no, part, month, outcome, true as judged, line_id, place, risk, other_item, count, known_facts_at as facts_at
  from standing
  union all
  select b.rule_no, b.encounter_no, b.part, b.month, b.outcome, false, b.line_id, null, null, null, null, null
  from beside b
  left join standing s on s.rule_no = b.rule_no and s.encounter_no = b.encounter_no and s.part = b.part and s.month = b.month
    and s.outcome = b.outcome and s.line_id = b.line_id
  where s.line_id is null
)
select k.* exclude (place), l.item_code, l.charged_at, l.ordered_at, l.ordering_department, l.physician_id, l.hospital_id,
  case when k.outcome = 1 then null when k.place = o.place then k.risk else cast(0 as decimal(18, 2)) end as amount
from every k
left join owners o on o.line_id = k.line_id
left join audit_net l on l.line_id = k.line_id
