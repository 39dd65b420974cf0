-- Grain: one line of audit_charges that still stands, less what was given back by the end of the month in which it is judged.
-- known_at: when it can be judged, at discharge or when charged after it; until: end of that month, or $end_at in house.
-- judged: false for lines of earlier months, which later ones are counted after.
with refunds as (
  select refund_of as line_id, charged_at, quantity, amount from audit_charges where refund_of is not null
),
given as (
  select r.line_id, sum(r.quantity) as quantity, sum(r.amount) as amount
  from refunds r
  join audit_charges o on o.line_id = r.line_id
  join audit_encounters e on e.encounter_no = o.encounter_no
  where $in_house or r.charged_at < cast(date_trunc('month', greatest(o.charged_at, coalesce(e.discharged_at, o.charged_at))) as timestamp) + interval 1 month
  group by r.line_id
),
timed as (
  select c.*, e.stay_id, greatest(c.charged_at, coalesce(e.discharged_at, c.charged_at)) as known_at
  from audit_charges c
  join audit_encounters e on e.encounter_no = c.encounter_no
  where c.refund_of is null
)
select o.line_id, o.encounter_no, o.stay_id, o.order_id, o.ordered_at, o.charged_at, cast(o.charged_at as date) as day, o.item_code,
  cast(o.quantity + coalesce(g.quantity, 0) as decimal(18, 4)) as quantity,
  cast(o.amount + coalesce(g.amount, 0) as decimal(18, 2)) as amount,
  o.hospital_id, o.ordering_department, o.physician_id, o.body_side, o.twin, o.known_at,
  case when $in_house then cast($end_at as timestamp)
    else cast(date_trunc('month', o.known_at) as timestamp) + interval 1 month end as until,
  $in_house or o.known_at >= $start_at as judged
from timed o left join given g on g.line_id = o.line_id
where o.quantity + coalesce(g.quantity, 0) > 0
