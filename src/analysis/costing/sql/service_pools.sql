-- Grain: one performing centre (technology or clinical) x cost item. What its services cost.
-- direct: booked there or computed in at step 0; total: with what administration and auxiliary centres gave, before a
-- technology centre gives it on; inpatient: the part that inpatients bear, so these sum to the inpatient full cost.
with classes as (select hospital_id, cost_centre, class from cost_centres where class in ('technology', 'clinical')),
received as (
  select a.hospital_id, a.to_centre as cost_centre, a.cost_item,
    sum(case when a.step = 0 then a.amount else 0 end) as direct, sum(a.amount) as total
  from allocations a
  join classes k on k.hospital_id = a.hospital_id and k.cost_centre = a.to_centre
  left join classes f on f.hospital_id = a.hospital_id and f.cost_centre = a.from_centre and f.class = 'technology'
  where a.step = 0 or f.cost_centre is null
  group by a.hospital_id, a.to_centre, a.cost_item
),
borne as (
  select hospital_id, from_centre as cost_centre, cost_item, sum(amount) as inpatient
  from setting_parts where setting = 'inpatient' group by hospital_id, from_centre, cost_item
)
select r.hospital_id, r.cost_centre, r.cost_item, r.direct, r.total, coalesce(b.inpatient, 0) as inpatient
from received r
left join borne b on b.hospital_id = r.hospital_id and b.cost_centre = r.cost_centre and b.cost_item = r.cost_item
