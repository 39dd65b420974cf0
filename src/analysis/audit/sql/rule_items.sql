-- Grain: one rule x role x local item that it names, with the days from and to which that is so (empty = always).
-- National codes meet local items through item_codes; a service code there may carry a local suffix after a hyphen.
-- `approval` without items judges what needs approval.
select g.rule_no, g.role, g.code as item_code, cast(null as date) as valid_from, cast(null as date) as valid_to
from audit_rule_given g where not g.national
union all
select g.rule_no, g.role, k.item_code, k.valid_from, k.valid_to
from audit_rule_given g join item_codes k on split_part(k.code, '-', 1) = split_part(g.code, '-', 1) and k.system like 'national%'
  and (k.code = g.code or k.code like g.code || '-%')
where g.national
union all
select r.rule_no, 'judged', i.item_code, null, null
from audit_rule_rows r join items i on i.needs_approval
where r.template = 'approval' and r.all_items
