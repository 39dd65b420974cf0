-- Grain: one line of an item that has a retest interval, of any patient who is judged, whatever the stay or visit.
-- gone_at: when it was given back as a whole.
with patients as (
  select distinct coalesce(patient_id, encounter_id) as patient_id from audit_encounters
),
named as (
  select item_code from audit_rule_codes where retested
),
tests as (
  select c.line_id, coalesce(s.patient_id, c.patient_id, c.stay_id, 'visit ' || c.visit_id) as patient_id, c.item_code,
    c.charged_at, c.ordered_at, c.quantity, c.body_side, c.refund_of
  from charges c
  join named n on n.item_code = c.item_code
  left join stays s on s.stay_id = c.stay_id
  where c.charged_at < $end_at
),
given as (
  select refund_of as line_id, -sum(quantity) as quantity, max(charged_at) as given_at
  from tests where refund_of is not null group by refund_of
)
select t.line_id, t.patient_id, t.item_code, t.charged_at, t.ordered_at, t.body_side,
  case when g.quantity >= t.quantity then g.given_at end as gone_at
from tests t
join patients p on p.patient_id = t.patient_id
left join given g on g.line_id = t.line_id
where t.refund_of is null and t.quantity > 0
