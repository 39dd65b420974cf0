-- Grain: one charge line of a stay whose pattern is judged, less what was given back of it, both by the end of its month.
with asked as (
  select distinct p.stay_id, p.encounter_id, e.until
  from audit_pattern_stays p join audit_encounters e on e.encounter_id = p.encounter_id
),
given as (
  select r.refund_of as line_id, sum(r.quantity) as quantity, sum(r.amount) as amount
  from charges r join asked a on a.stay_id = r.stay_id
  where r.refund_of is not null and r.charged_at < a.until
  group by r.refund_of
)
select c.line_id, c.hospital_id, a.encounter_id, c.stay_id, c.ordered_at, c.charged_at, c.item_code,
  cast(c.amount + coalesce(g.amount, 0) as decimal(18, 2)) as amount, c.ordering_department, c.physician_id,
  cast(c.charged_at as date) as day
from charges c
join asked a on a.stay_id = c.stay_id
left join given g on g.line_id = c.line_id
where c.charged_at < a.until and c.refund_of is null and c.quantity + coalesce(g.quantity, 0) > 0
