-- Grain: one rule x line it judges: the item is named and valid and the rule in force on the day of service.
-- Pairs are not among them: they have rows of their own (hits_pair). A view: each template reads its own rules only.
select r.rule_no, r.template, r.limit_value, r.window_kind, r.window_seconds, r.pattern, l.*
from audit_rule_items i
join audit_rule_rows r on r.rule_no = i.rule_no
join audit_net l on l.item_code = i.item_code
where i.role = 'judged' and r.template <> 'pair' and l.day >= r.effective_from and (r.effective_to is null or l.day <= r.effective_to)
  and (i.valid_from is null or l.day >= i.valid_from) and (i.valid_to is null or l.day <= i.valid_to)
union all
select r.rule_no, r.template, r.limit_value, r.window_kind, r.window_seconds, r.pattern, l.*
from audit_rule_rows r
join audit_net l on l.day >= r.effective_from and (r.effective_to is null or l.day <= r.effective_to)
where r.all_items and ((r.template = 'execution' and l.order_id is null)
  or (r.template = 'duplicate' and (l.twin or r.window_kind <> 'moment')))
