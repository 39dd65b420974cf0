-- Grain: one stay on the pathway with known admission and discharge; times in days since a Monday (1970-01-05).
-- again_at, again_days: admission and days of the next unplanned stay of the patient within 30 days (as readmissions are counted
-- at closing); known_30d: whether 30 days have passed by the last admission known, and the patient could come back.
-- is_return: itself such a stay after another on the pathway.
with known as (select max(admitted_at) as last_at from stays),
base as (
  select p.stay_id, p.hospital_id, s.patient_id, s.admitted_at, s.discharged_at, s.admission_type, s.disposition, s.planned,
    o.complication
  from pathway_stays p
  join stays s on s.stay_id = p.stay_id
  left join outcomes o on o.stay_id = p.stay_id
  where p.pathway = $pathway and s.admitted_at is not null and s.discharged_at > s.admitted_at
),
again as (
  select b.stay_id, min(n.admitted_at) as came, arg_min(n.discharged_at, n.admitted_at) as until
  from base b
  join stays n on n.patient_id = b.patient_id and n.hospital_id = b.hospital_id and n.stay_id <> b.stay_id
    and n.admitted_at >= b.discharged_at and coalesce(n.planned, false) = false and n.transferred_from is null
  where date_diff('day', cast(b.discharged_at as date), cast(n.admitted_at as date)) <= 30
  group by b.stay_id
)
select b.stay_id, b.hospital_id, epoch(b.admitted_at) / 86400 - 4 as admitted, epoch(b.discharged_at) / 86400 - 4 as discharged,
  b.admission_type, b.disposition, b.complication,
  epoch(a.came) / 86400 - 4 as again_at, (epoch(a.until) - epoch(a.came)) / 86400 as again_days,
  b.patient_id is not null and coalesce(b.disposition <> 'died', true)
    and date_diff('day', cast(b.discharged_at as date), cast(k.last_at as date)) > 30 as known_30d,
  coalesce(b.planned, false) = false and exists (
    select 1 from base x where x.patient_id = b.patient_id and x.stay_id <> b.stay_id and x.discharged_at <= b.admitted_at
      and date_diff('day', cast(x.discharged_at as date), cast(b.admitted_at as date)) <= 30) as is_return
from base b cross join known k
left join again a on a.stay_id = b.stay_id
order by b.admitted_at, b.stay_id
