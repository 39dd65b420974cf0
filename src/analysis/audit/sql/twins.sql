-- Grain: one encounter x item x moment at which more than one line of it was charged.
select encounter_no, item_code, charged_at
from audit_slim_lines
where quantity > 0
group by encounter_no, item_code, charged_at
having count(*) > 1
