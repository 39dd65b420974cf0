-- Grain: one stay x item with a line that names no order.
select distinct stay_id, item_code from audit_judged
where template = 'execution' and judged and order_id is null and stay_id is not null
