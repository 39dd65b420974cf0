-- Grain: one charge line of a stay or visit that is judged and that some rule may look at, with all that any template asks
-- of it: its item is named, it came without an order ($unordered) or twice at one moment (twin), its stay may be a pattern,
-- rules look at every line ($every), or it gives back another one.
-- Of a stay what was charged from a week before its admission on. Before $recent_from few of the stays had begun, and only
-- theirs are looked for.
with lines as (
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
),
whole as (
  select encounter_no from audit_beside_stays union select encounter_no from audit_idle_stays
)
select l.*, t.item_code is not null as twin
from lines l
left join audit_rule_codes k on k.item_code = l.item_code
left join audit_twins t on t.encounter_no = l.encounter_no and t.item_code = l.item_code and t.charged_at = l.charged_at
left join whole w on w.encounter_no = l.encounter_no
where $every or k.item_code is not null or t.item_code is not null or w.encounter_no is not null or l.refund_of is not null
  or ($unordered and l.order_id is null)
