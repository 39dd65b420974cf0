-- Grain: one stay in one cost centre in the period.
-- days: midnights spent in the centre in the period; a stay without any midnight counts one in its last place.
-- discharged_at: empty while in house at the end of the period; cost_centre '?' where neither transfers nor the
-- department tell it.
with present as (
  select s.*, case when s.discharged_at < $end_at then s.discharged_at end as left_at
  from stays s
  where s.admitted_at < $end_at and (s.discharged_at is null or s.discharged_at >= $start_at)
),
segments as (
  select p.stay_id, t.cost_centre, t.from_time, coalesce(t.to_time, p.discharged_at) as to_time
  from present p join transfers t on t.stay_id = p.stay_id
  union all
  select p.stay_id, coalesce(c.cost_centre, '?'), p.admitted_at, p.discharged_at
  from present p
  left join inpatient_centres c on c.hospital_id = p.hospital_id and c.department = p.department
  where not exists (select 1 from transfers t where t.stay_id = p.stay_id)
),
counted as (
  select stay_id, cost_centre, from_time,
    greatest(0, date_diff('day',
      cast(greatest(from_time, cast($start_at as timestamp)) as date),
      cast(least(coalesce(to_time, cast($end_at as timestamp)), cast($end_at as timestamp)) as date))) as days,
    row_number() over (partition by stay_id order by from_time desc, cost_centre desc) as backwards
  from segments
  where from_time < $end_at and (to_time is null or to_time >= $start_at)
)
select p.stay_id, p.patient_id, p.hospital_id, p.department, c.cost_centre,
  min(p.admitted_at) as admitted_at, min(p.left_at) as discharged_at, bool_or(p.planned) as planned,
  bool_or(p.transferred_from is not null) as transferred_in,
  sum(c.days + case when c.backwards = 1 and cast(p.admitted_at as date) = cast(p.left_at as date) then 1 else 0 end) as days
from present p join counted c on c.stay_id = p.stay_id
group by p.stay_id, p.patient_id, p.hospital_id, p.department, c.cost_centre
