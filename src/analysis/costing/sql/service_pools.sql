-- Grain: one performing centre (technology or clinical) x cost item. What its services cost.
-- direct: booked there or computed in at step 0; total: of a technology centre what it gave to clinical centres, of a
-- clinical centre what it holds without that; inpatient: the part that inpatients bear, so these sum to the inpatient
-- full cost.
with classes as (select hospital_id, cost_centre, class from cost_centres where class in ('technology', 'clinical')),
flows as (
  select a.hospital_id, a.step, a.cost_item, a.amount, t.cost_centre as taker, t.class as taker_class,
    case when a.step > 0 and f.class = 'technology' then f.cost_centre end as giver
  from allocations a
  left join classes t on t.hospital_id = a.hospital_id and t.cost_centre = a.to_centre
  left join classes f on f.hospital_id = a.hospital_id and f.cost_centre = a.from_centre
),
parts as (
  select hospital_id, taker as cost_centre, cost_item, case when step = 0 then amount else 0 end as direct,
    case when taker_class = 'clinical' then amount else 0 end as total
  from flows where giver is null and taker is not null
  union all
  select hospital_id, giver, cost_item, 0, amount from flows where giver is not null and taker_class = 'clinical'
),
pools as (
  select hospital_id, cost_centre, cost_item, sum(direct) as direct, sum(total) as total
  from parts group by hospital_id, cost_centre, cost_item
),
borne as (
  select hospital_id, from_centre as cost_centre, cost_item, sum(amount) as inpatient
  from setting_parts where setting = 'inpatient' group by hospital_id, from_centre, cost_item
)
select p.hospital_id, p.cost_centre, p.cost_item, p.direct, p.total, coalesce(b.inpatient, 0) as inpatient
from pools p
left join borne b on b.hospital_id = p.hospital_id and b.cost_centre = p.cost_centre and b.cost_item = p.cost_item
