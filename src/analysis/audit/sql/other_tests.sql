-- Grain: one line, refunds among them, of an item that has a retest interval, of a patient who is judged: in other stays
-- than those judged, or outside any stay.
with named as (
  select item_code from audit_rule_codes where retest_hours is not null
),
patients as (
  select distinct coalesce(patient_id, encounter_id) as patient_id from audit_encounters
),
others as (
  select s.stay_id, s.patient_id
  from stays s join patients p on p.patient_id = s.patient_id
  left join audit_encounters e on e.stay_id = s.stay_id
  where e.stay_id is null
)
select c.line_id, o.patient_id, c.item_code, c.charged_at, c.ordered_at, c.quantity, c.body_side, c.refund_of
from charges c
join others o on o.stay_id = c.stay_id
join named n on n.item_code = c.item_code
where c.charged_at < $end_at
union all
select c.line_id, p.patient_id, c.item_code, c.charged_at, c.ordered_at, c.quantity, c.body_side, c.refund_of
from charges c
join patients p on p.patient_id = coalesce(c.patient_id, 'visit ' || c.visit_id)
join named n on n.item_code = c.item_code
where c.stay_id is null and c.charged_at < $end_at
