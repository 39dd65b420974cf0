-- Grain: one episode: a stay in one of $drgs discharged from $first to $last with complete cost, a payment, and 30 days
-- that have passed. Episodes of a patient follow one another: the first stay in $drgs opens one, unplanned stays within
-- $days of its discharge belong to it, and the next stay in $drgs that does not, opens the next.
-- again_cost, again_payment: of all unplanned stays within $days, where their months are closed with complete cost.
-- patient_id never leaves this query.
with recursive stays as (
  select c.stay_id, c.patient_id, c.department, c.drg_code, c.admitted_at, c.discharged_at,
    cast(c.cost_total as double) as cost, cast(c.payment as double) as payment, c.cost_complete, c.period, b.readmitted
  from cases c join case_book b on b.stay_id = c.stay_id and b.period = c.period
  where c.hospital_id = $hospital
),
returns as (
  select s.stay_id, d.stay_id as again
  from stays s
  join (
    select distinct stay_id, patient_id, admitted_at from patient_days
    where hospital_id = $hospital and coalesce(planned, false) = false and coalesce(transferred_in, false) = false
  ) d on d.patient_id = s.patient_id and d.stay_id <> s.stay_id and d.admitted_at >= s.discharged_at
    and date_diff('day', cast(s.discharged_at as date), cast(d.admitted_at as date)) <= $days
  where list_contains($drgs, s.drg_code)
),
listed as (
  select stay_id, row_number() over (
    partition by coalesce(patient_id, stay_id) order by admitted_at, discharged_at, stay_id) as place,
    coalesce(patient_id, stay_id) as who
  from stays where list_contains($drgs, drg_code)
),
walked as (
  select who, place, stay_id, stay_id as opened from listed where place = 1
  union all
  select l.who, l.place, l.stay_id, case when r.again is null then l.stay_id else w.opened end as opened
  from walked w
  join listed l on l.who = w.who and l.place = w.place + 1
  left join returns r on r.stay_id = w.opened and r.again = l.stay_id
),
chosen as (
  select s.* from stays s
  join walked w on w.stay_id = s.stay_id and w.opened = s.stay_id
  where s.period between $first and $last and s.cost_complete and s.cost is not null and s.payment is not null
    and s.readmitted is not null
),
again as (
  select r.stay_id, sum(case when a.cost_complete then a.cost end) as again_cost,
    sum(case when a.cost_complete then a.payment end) as again_payment
  from returns r left join stays a on a.stay_id = r.again
  group by r.stay_id
)
select c.stay_id, c.department, c.period, c.cost, c.payment, r.stay_id is not null as readmitted, r.again_cost,
  r.again_payment
from chosen c left join again r on r.stay_id = c.stay_id
order by c.stay_id
