-- Grain: one rule x encounter whose conditions have to be known; by line where a condition looks at the hours around it.
select distinct h.rule_no, h.encounter_no, case when r.by_line then h.line_id else '' end as line_key
from audit_hits h join audit_rule_rows r on r.rule_no = h.rule_no and r.asks
where h.role = 'judged'
