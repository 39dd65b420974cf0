-- Grain: one charge line of a stay or visit that is judged, refunds among them, with no more than what is asked of every
-- line: is it there twice at one moment, and was anything but a bed charged on the day. Of which lines: charges.sql.
select e.encounter_no, c.item_code, c.charged_at, c.quantity, c.refund_of is not null as refund
from charges c join audit_encounters e on e.stay_id = c.stay_id
where c.charged_at >= $recent_from and c.charged_at < $end_at
  and coalesce(c.charged_at >= cast(e.admitted_at as timestamp) - interval 7 day, true)
union all
select e.encounter_no, c.item_code, c.charged_at, c.quantity, c.refund_of is not null
from charges c join audit_encounters e on e.stay_id = c.stay_id
where c.charged_at >= $lines_from and c.charged_at < $recent_from
  and coalesce(cast(e.admitted_at as timestamp) - interval 7 day < $recent_from, true)
  and coalesce(c.charged_at >= cast(e.admitted_at as timestamp) - interval 7 day, true)
union all
select e.encounter_no, c.item_code, c.charged_at, c.quantity, c.refund_of is not null
from charges c join audit_encounters e on e.encounter_id = coalesce('visit ' || c.visit_id, 'patient ' || c.patient_id)
where c.stay_id is null and c.charged_at >= $lines_from and c.charged_at < $end_at
