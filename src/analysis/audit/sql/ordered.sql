-- Grain: one stay x item that was ordered, of stays with lines that name no order.
select distinct o.stay_id, o.item_code
from orders o
where o.status <> 'cancelled' and o.stay_id in (select stay_id from audit_judged where template = 'execution' and order_id is null)
