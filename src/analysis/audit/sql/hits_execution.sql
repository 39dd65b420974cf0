-- execution: charged without an order number, and no order of the stay asks for the item.
select j.rule_no, j.encounter_no, strftime(j.charged_at, '%Y-%m-%d') as part, 'judged' as role, j.line_id, j.amount as risk,
  cast(null as varchar) as other_item, cast(j.quantity as double) as count, 2 as answer, j.charged_at as facts_at, j.known_at
from audit_judged j
left join audit_ordered o on o.stay_id = j.stay_id and o.item_code = j.item_code
where j.template = 'execution' and j.judged and j.order_id is null and j.stay_id is not null and o.item_code is null
