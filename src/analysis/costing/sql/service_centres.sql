-- Grain: one technology or clinical centre that has cost. What its services have to bear, and its capacity.
-- cost, direct_cost: what its time carries: without drugs and materials, and without what the beds of a ward carry
-- ($bed_items). pool: what equivalence and ratio share out: with materials that are not charged apart; of a clinical
-- centre that performs for inpatients alone as far as lines tell, its inpatient part. materials, ordered_revenue: of
-- technology centres. all_told: lines and revenue tell all that the centre does; not of a centre that outpatients come to
-- without leaving lines.
with own as (
  select hospital_id, cost_centre, sum(amount) as amount from own_items where cost_item = 'materials'
  group by hospital_id, cost_centre
),
clinics as (select distinct hospital_id, cost_centre from service_lines where stay_id is null),
pools as (
  select p.hospital_id, p.cost_centre, c.class, p.cost_item, p.direct, p.total,
    c.class = 'technology' or coalesce(c.setting, 'both') = 'inpatient' or k.cost_centre is not null as all_told,
    case when c.class = 'technology' or k.cost_centre is not null then p.total else p.inpatient end as borne
  from service_pools p
  join cost_centres c on c.hospital_id = p.hospital_id and c.cost_centre = p.cost_centre
  left join clinics k on k.hospital_id = p.hospital_id and k.cost_centre = p.cost_centre
  where p.cost_item <> 'drugs' and (c.class = 'technology' or p.cost_item not in (select unnest($bed_items)))
),
summed as (
  select hospital_id, cost_centre, class, bool_and(all_told) as all_told,
    coalesce(sum(total) filter (where cost_item <> 'materials'), 0) as cost,
    coalesce(sum(direct) filter (where cost_item <> 'materials'), 0) as direct_cost,
    coalesce(sum(borne) filter (where cost_item <> 'materials'), 0) as capacity,
    coalesce(sum(borne) filter (where cost_item = 'materials'), 0) as materials
  from pools group by hospital_id, cost_centre, class
),
ordered as (
  select hospital_id, from_centre as cost_centre, sum(quantity) as revenue from drivers
  where month = $month and driver = 'ordered_revenue' group by hospital_id, from_centre
)
select s.hospital_id, s.cost_centre, s.class, cast(s.cost as double) as cost, cast(s.direct_cost as double) as direct_cost,
  cast(s.capacity + greatest(0, s.materials - coalesce(o.amount, 0)) as double) as pool,
  cast(case when s.class = 'technology' then greatest(0, s.materials - coalesce(o.amount, 0)) end as double) as materials,
  s.all_told, r.practical_minutes, cast(d.revenue as double) as ordered_revenue
from summed s
left join own o on o.hospital_id = s.hospital_id and o.cost_centre = s.cost_centre
left join resources r on r.hospital_id = s.hospital_id and r.cost_centre = s.cost_centre and r.month = $month
left join ordered d on d.hospital_id = s.hospital_id and d.cost_centre = s.cost_centre and s.class = 'technology'
order by s.hospital_id, s.cost_centre
