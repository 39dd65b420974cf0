-- One row a charge line that a story adds, takes away or changes: the hospital with it (charges) against the hospital
-- without it (charges_without). quantity, amount: what the story makes of them (with less without).
select
    line_id,
    coalesce(w.stay_id, o.stay_id) as stay_id,
    case when o.stay_id is null then 'added' when w.stay_id is null then 'taken_away' else 'changed' end as difference,
    w.item_code,
    o.item_code as item_code_without,
    coalesce(w.physician_id, o.physician_id) as physician_id,
    coalesce(w.ordering_department, o.ordering_department) as department,
    strftime(coalesce(w.charged_at, o.charged_at), '%Y-%m') as month,
    coalesce(w.quantity, 0) - coalesce(o.quantity, 0) as quantity,
    coalesce(w.amount, 0) - coalesce(o.amount, 0) as amount
from charges as w
full join charges_without as o using (line_id)
where o.stay_id is null
   or w.stay_id is null
   or w.item_code is distinct from o.item_code
   or w.quantity is distinct from o.quantity
   or w.amount is distinct from o.amount
order by line_id
