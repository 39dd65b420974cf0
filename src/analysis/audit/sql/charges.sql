-- Grain: one charge line of a stay or visit that is judged, refunds among them: read once, all templates go on from here.
-- Of a stay what was charged from a week before its admission on. Before $recent_from few of the stays had begun, and only
-- theirs are looked for.
select c.line_id, e.encounter_no, c.order_id, c.ordered_at, c.charged_at, c.item_code, c.quantity, c.amount, c.hospital_id,
  c.ordering_department, c.physician_id, c.body_side, c.refund_of
from charges c join audit_encounters e on e.stay_id = c.stay_id
where c.charged_at >= $recent_from and c.charged_at < $end_at
  and coalesce(c.charged_at >= cast(e.admitted_at as timestamp) - interval 7 day, true)
union all
select c.line_id, e.encounter_no, c.order_id, c.ordered_at, c.charged_at, c.item_code, c.quantity, c.amount, c.hospital_id,
  c.ordering_department, c.physician_id, c.body_side, c.refund_of
from charges c join audit_encounters e on e.stay_id = c.stay_id
where c.charged_at >= $lines_from and c.charged_at < $recent_from
  and coalesce(cast(e.admitted_at as timestamp) - interval 7 day < $recent_from, true)
  and coalesce(c.charged_at >= cast(e.admitted_at as timestamp) - interval 7 day, true)
union all
select c.line_id, e.encounter_no, c.order_id, c.ordered_at, c.charged_at, c.item_code, c.quantity, c.amount, c.hospital_id,
  c.ordering_department, c.physician_id, c.body_side, c.refund_of
from charges c join audit_encounters e on e.encounter_id = coalesce('visit ' || c.visit_id, 'patient ' || c.patient_id)
where c.stay_id is null and c.charged_at >= $lines_from and c.charged_at < $end_at
