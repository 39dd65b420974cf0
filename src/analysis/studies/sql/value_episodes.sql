-- Grain: one episode: a stay in one of $drgs discharged from $first to $last with complete cost, a payment, and 30 days
-- that have passed; a stay that is itself an unplanned return within $days of such a stay belongs to that episode.
-- again_cost, again_payment: of the first unplanned stay within $days, where its month is closed with complete cost.
-- patient_id never leaves this query.
with stays as (
  select c.stay_id, c.patient_id, c.department, c.drg_code, c.admitted_at, c.discharged_at,
    cast(c.cost_total as double) as cost, cast(c.payment as double) as payment, c.cost_complete, c.period, b.readmitted
  from cases c join case_book b on b.stay_id = c.stay_id and b.period = c.period
  where c.hospital_id = $hospital
),
returns as (
  select s.stay_id, d.stay_id as again, row_number() over (partition by s.stay_id order by d.admitted_at, d.stay_id) as place
  from stays s
  join (
    select distinct stay_id, patient_id, hospital_id, admitted_at from patient_days
    where coalesce(planned, false) = false and coalesce(transferred_in, false) = false
  ) d on d.patient_id = s.patient_id and d.hospital_id = $hospital and d.stay_id <> s.stay_id
    and d.admitted_at >= s.discharged_at
    and date_diff('day', cast(s.discharged_at as date), cast(d.admitted_at as date)) <= $days
  where list_contains($drgs, s.drg_code)
),
chosen as (
  select * from stays
  where list_contains($drgs, drg_code) and period between $first and $last and cost_complete and cost is not null
    and payment is not null and readmitted is not null
    and stay_id not in (select again from returns)
)
select c.stay_id, c.department, c.period, c.cost, c.payment, r.stay_id is not null as readmitted,
  case when a.cost_complete then a.cost end as again_cost, case when a.cost_complete then a.payment end as again_payment
from chosen c
left join returns r on r.stay_id = c.stay_id and r.place = 1
left join stays a on a.stay_id = r.again
order by c.stay_id
