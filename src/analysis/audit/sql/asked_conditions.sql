-- Grain: one condition x encounter of which it is asked; by line where it looks at the hours around the line.
select distinct c.*, a.encounter_no, case when c.kind = 'items_within' then a.line_key else '' end as line_key
from audit_asked a
join audit_rule_conditions r on r.rule_no = a.rule_no
join audit_conditions c on c.cond_no = r.cond_no
