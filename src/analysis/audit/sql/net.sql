-- Grain: one charge line that still stands and that some rule may look at: its item is named, it came without an order
-- ($unordered) or twice at one moment, its stay looks like a pattern, or rules look at every line ($every). Less what was
-- given back by the end of the month in which it is judged.
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
  select c.*, e.stay_id, t.item_code is not null as twin,
    greatest(c.charged_at, coalesce(e.discharged_at, c.charged_at)) as known_at
  from audit_charges c
  join audit_encounters e on e.encounter_no = c.encounter_no
  left join audit_rule_codes k on k.item_code = c.item_code
  left join audit_twins t on t.encounter_no = c.encounter_no and t.item_code = c.item_code and t.charged_at = c.charged_at
  left join (select distinct encounter_no from audit_pattern_stays) p on p.encounter_no = c.encounter_no
  where c.refund_of is null
    and ($every or k.item_code is not null or t.item_code is not null or p.encounter_no is not null
      or ($unordered and c.order_id is null))
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
