-- Grain: one rule x contained item x item that contains it or answers the same question.
select b.rule_no, b.item_code, b.valid_from, b.valid_to, a.item_code as other_item, a.valid_from as other_from,
  a.valid_to as other_to
from audit_rule_items b
join audit_rule_rows r on r.rule_no = b.rule_no and r.template = 'pair' and not r.panels
join audit_rule_items a on a.rule_no = b.rule_no and a.role = 'other' and a.item_code <> b.item_code
where b.role = 'judged'
union all
select r.rule_no, k.item_code, null, null, k.panel_code, null, null
from audit_rule_rows r join item_components k on true
where r.template = 'pair' and r.panels
  and (r.all_items or k.item_code in (select item_code from audit_rule_items i where i.rule_no = r.rule_no and i.role = 'judged'))
