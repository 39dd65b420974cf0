-- Grain: one stay more than $part over the standard of a pathway; of several pathways the one whose standard it exceeds most.
-- waiting_step: with the longest wait of the stay, if it reaches $least_wait days and $least_share of the days over the standard. cause_class: of the reason form (basis form),
-- else of the waiting step (step), else disease where a complication is recorded (complication), else empty.
-- form: in_time within 24 hours of discharge, late, missing, due (neither filled nor 24 hours past at the end of the period),
-- not_recorded (the hospital's records do not have the stay on this pathway); empty where it keeps no such records at all.
with over as (
  select *, row_number() over (partition by stay_id order by days / standard_days desc, pathway) as place
  from pathway_stays where days > standard_days * (1 + $part)
),
waits as (
  select pathway, stay_id, step, resource, cause, waiting_days,
    row_number() over (partition by pathway, stay_id order by waiting_days desc, place, step) as place
  from step_judged where waiting_days >= $least_wait
),
forms as (
  select e.pathway, r.stay_id, min(case when r.reported_at < $end_at then r.reported_at end) as reported_at,
    max(case when r.reported_at < $end_at then r.cause_class end) as cause_class
  from pathway_records r
  join (select pathway, code from pathway_entry where kind = 'records' union select pathway, pathway as code from pathway_rows) e
    on e.code = r.pathway
  group by e.pathway, r.stay_id
)
select o.hospital_id, o.department, o.pathway, o.stay_id, o.days, o.standard_days, o.standard_days * (1 + $part) as most_days,
  w.step as waiting_step, w.resource, w.waiting_days,
  coalesce(f.cause_class, w.cause, case when c.complication then 'disease' end) as cause_class,
  case when f.cause_class is not null then 'form' when w.cause is not null then 'step' when c.complication then 'complication' end as basis,
  case when f.reported_at <= cast(o.discharged_at as timestamp) + interval 24 hour then 'in_time'
    when f.reported_at is not null then 'late'
    when not $keeps_records then null
    when f.stay_id is null then 'not_recorded'
    when cast(o.discharged_at as timestamp) + interval 24 hour > $end_at then 'due'
    else 'missing' end as form
from over o
left join waits w on w.pathway = o.pathway and w.stay_id = o.stay_id and w.place = 1
  and w.waiting_days >= $least_share * (o.days - o.standard_days)
left join forms f on f.pathway = o.pathway and f.stay_id = o.stay_id
left join outcomes c on c.stay_id = o.stay_id
where o.place = 1
order by o.hospital_id, o.stay_id
