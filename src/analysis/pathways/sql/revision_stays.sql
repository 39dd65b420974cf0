-- Grain: one stay on a pathway, with the month of its discharge and what became of it.
-- harmed: a complication, death, or an unplanned admission of the same patient within 30 days; empty where no outcome is
-- recorded, or where 30 days had not passed at the last admission on record: who came back early is known early.
-- uncomplicated: known to be without complication and death.
with returned as (
  select distinct s.stay_id
  from pathway_stays p
  join stays s on s.stay_id = p.stay_id
  join stays n on n.patient_id = s.patient_id and n.stay_id <> s.stay_id and n.admitted_at >= s.discharged_at
    and n.admitted_at < cast(s.discharged_at as timestamp) + interval 30 day
  where not coalesce(n.planned, false) and n.transferred_from is null
),
known as (
  select max(admitted_at) as until from stays
)
select p.pathway, p.stay_id, p.days, p.standard_days, cast(date_trunc('month', p.discharged_at) as date) as month,
  case when o.complication is null and o.died is null then null
    when not coalesce(o.died, false) and cast(p.discharged_at as timestamp) + interval 30 day > k.until then null
    else coalesce(o.complication, false) or coalesce(o.died, false) or r.stay_id is not null end as harmed,
  coalesce(not o.complication and not coalesce(o.died, false), false) as uncomplicated
from pathway_stays p
cross join known k
left join outcomes o on o.stay_id = p.stay_id
left join returned r on r.stay_id = p.stay_id
