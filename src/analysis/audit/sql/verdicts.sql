-- Grain: one rule x encounter (x line): 2 hit, 1 lacking evidence, 0 clear; and when all that was asked could be known.
-- All conditions of an alternative (the least of them), one alternative of a part (the greatest).
with alternatives as (
  select a.rule_no, a.encounter_no, a.line_key, c.part, c.alt, min(t.answer) as answer, max(t.facts_at) as facts_at
  from audit_asked a
  join audit_rule_conditions c on c.rule_no = a.rule_no
  join audit_answers t on t.cond_no = c.cond_no and t.encounter_no = a.encounter_no
    and t.line_key = case when c.by_line then a.line_key else '' end
  group by a.rule_no, a.encounter_no, a.line_key, c.part, c.alt
),
parts as (
  select rule_no, encounter_no, line_key, max(answer) filter (where part = 'where') as applies,
    max(answer) filter (where part = 'unless') as excluded, max(answer) filter (where part = 'indications') as covered,
    max(facts_at) as facts_at
  from alternatives group by rule_no, encounter_no, line_key
),
evidence as (
  select a.rule_no, a.encounter_no, a.line_key, min(case when m.known > 0 then 2 else 1 end) as known
  from audit_asked a
  join audit_rule_evidence v on v.rule_no = a.rule_no
  left join audit_measured m on m.encounter_no = a.encounter_no and m.name = v.name
  group by a.rule_no, a.encounter_no, a.line_key
)
select a.rule_no, a.encounter_no, a.line_key, p.facts_at,
  case when p.applies = 0 or p.excluded = 2 or p.covered = 2 then 0
    when p.applies = 1 or p.covered = 1 or v.known = 1 then 1 else 2 end as answer
from audit_asked a
left join parts p on p.rule_no = a.rule_no and p.encounter_no = a.encounter_no and p.line_key = a.line_key
left join evidence v on v.rule_no = a.rule_no and v.encounter_no = a.encounter_no and v.line_key = a.line_key
