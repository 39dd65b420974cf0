-- Grain: one stay x item that was ordered, of those with lines that name no order.
select distinct o.stay_id, o.item_code
from orders o
join audit_unordered u on u.stay_id = o.stay_id and u.item_code = o.item_code
where o.status <> 'cancelled'
