-- Grain: one ward ('' = all wards together) x cost item of one hospital: what a day in bed costs in the period.
-- The inpatient part of the cost items that beds carry, without the patients' own drugs and materials and without the
-- material of the services, over the patient days.
with pools as (
  select p.hospital_id, p.cost_centre, p.cost_item, cast(p.inpatient as double) as amount
  from service_pools p
  join cost_centres c on c.hospital_id = p.hospital_id and c.cost_centre = p.cost_centre and c.class = 'clinical'
  join bed_items b on b.cost_item = p.cost_item
),
given as (
  select hospital_id, cost_centre, cost_item, cast(amount as double) as amount from own_items
  union all
  select hospital_id, cost_centre, 'materials', cast(volume as double) * cast(coalesce(material, 0) as double)
  from services where method = 'activity'
),
taken as (
  select hospital_id, cost_centre, cost_item, sum(amount) as amount from given group by hospital_id, cost_centre, cost_item
),
days as (
  select hospital_id, cost_centre, sum(days) as days from patient_days group by hospital_id, cost_centre having sum(days) > 0
),
wards as (
  select p.hospital_id, p.cost_centre, p.cost_item, greatest(p.amount - coalesce(t.amount, 0), 0) as amount, d.days
  from pools p
  join days d on d.hospital_id = p.hospital_id and d.cost_centre = p.cost_centre
  left join taken t on t.hospital_id = p.hospital_id and t.cost_centre = p.cost_centre and t.cost_item = p.cost_item
),
together as (
  select w.hospital_id, w.cost_item, sum(w.amount) as amount, (
    select sum(d.days) from days d where d.hospital_id = w.hospital_id) as days
  from wards w group by w.hospital_id, w.cost_item
)
select hospital_id, cost_centre, cost_item, amount / days as unit_cost from wards
union all
select hospital_id, '', cost_item, amount / days from together
