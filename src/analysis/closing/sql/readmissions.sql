-- Grain: one case of the period. Whether its patient came back unplanned within 30 days, as known at the period's end.
-- readmitted_30d: empty while 30 days have not passed (who came back early is known early: counting only what is
-- known would make the rate absurdly high); transfers in and deaths are no readmissions.
with next_stay as (
  select c.stay_id, min(s.admitted_at) as admitted_at
  from case_base c
  join stays s on s.patient_id = c.patient_id and s.hospital_id = c.hospital_id and s.admitted_at >= c.discharged_at and s.stay_id <> c.stay_id
  where s.admitted_at < $end_at and coalesce(s.planned, false) = false and s.transferred_from is null
  group by c.stay_id
)
select c.stay_id, case
    when c.patient_id is null or c.admitted_at is null or c.disposition = 'died' then null
    when date_diff('day', cast(c.discharged_at as date), cast($end_at as date)) > 30 then
      coalesce(date_diff('day', cast(c.discharged_at as date), cast(n.admitted_at as date)) <= 30, false)
  end as readmitted_30d
from case_base c left join next_stay n on n.stay_id = c.stay_id
