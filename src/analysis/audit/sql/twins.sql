-- Grain: one stay x item x moment at which more than one line of it was charged.
select c.stay_id, c.item_code, c.charged_at
from charges c
where c.stay_id in (select stay_id from audit_encounters) and c.charged_at < $end_at and c.quantity > 0
group by c.stay_id, c.item_code, c.charged_at
having count(*) > 1
