-- Grain: one stay discharged from $start_at on and before $end_at. Whether it met the criteria for an MDT meeting on
-- admission, and when it had one.
-- days: nights, at least 1. met_on: days from admission to the first meeting; after the discharge counts as none.
-- systems: chapters of ICD-10 of the diagnoses present on admission, without symptoms and circumstances (R, U to Z) and
-- without $mild ones. expected_days: mean of the other stays of the DRG with as many systems (three and more are one), from
-- ten on; else of the DRG. criterion: as the register of meetings names it. readmission: an unplanned stay begins within 30
-- days; empty where these are not over by $end_at, or the patient died.
with known as (
  select s.stay_id, coalesce(s.patient_id, s.stay_id) as patient_id, s.hospital_id, s.department, s.drg_code, s.age, s.sex,
    case when s.admission_type = 'emergency' then 1 else 0 end as emergency, s.admitted_at, s.discharged_at, s.disposition,
    greatest(date_diff('day', cast(s.admitted_at as date), cast(s.discharged_at as date)), 1) as days
  from stays s
  where s.discharged_at >= $start_at and s.discharged_at < $end_at and s.admitted_at is not null
),
ill as (
  select d.stay_id, count(distinct case when d.code < 'D5' and d.code >= 'C' then 'C' when left(d.code, 1) = 'B' then 'A'
      when left(d.code, 1) = 'T' then 'S' else left(d.code, 1) end) as systems
  from diagnoses d
  where coalesce(d.present_on_admission, true) and regexp_matches(d.code, '^[A-QST]')
    and not exists (select 1 from (select unnest(cast($mild as varchar[])) as code) m where starts_with(d.code, m.code))
  group by d.stay_id
),
meetings as (
  select m.stay_id, min(m.held_at) as held_at, min_by(m.requested_at, m.held_at) as requested_at,
    min_by(m.criterion, m.held_at) as criterion
  from mdt m join known k on k.stay_id = m.stay_id and m.held_at >= k.admitted_at and m.held_at < k.discharged_at
  group by m.stay_id
),
standards as (
  select year, drg_code, max(benchmark_days) as standard_days from payment_standards group by year, drg_code
),
alike as (
  select k.*, coalesce(i.systems, 0) as systems, least(coalesce(i.systems, 0), 3) as class
  from known k left join ill i on i.stay_id = k.stay_id
),
expected as (
  select stay_id,
    (sum(days) over same - days) / nullif(count(*) over same - 1, 0) as of_class, count(*) over same - 1 as others,
    (sum(days) over drg - days) / nullif(count(*) over drg - 1, 0) as of_drg
  from alike where drg_code is not null
  window same as (partition by hospital_id, drg_code, class), drg as (partition by hospital_id, drg_code)
),
back as (
  select distinct k.stay_id
  from known k
  join stays n on n.patient_id = k.patient_id and n.stay_id <> k.stay_id and not coalesce(n.planned, false)
    and n.transferred_from is null and n.admitted_at >= k.discharged_at
    and n.admitted_at < cast(k.discharged_at as timestamp) + interval 30 day
)
select a.* exclude (class, disposition), case when e.others >= 10 then e.of_class else e.of_drg end as expected_days, t.standard_days,
  a.systems >= $systems as by_systems,
  coalesce(case when e.others >= 10 then e.of_class else e.of_drg end > (1 + $over) * t.standard_days, false) as by_expected,
  cast(date_diff('day', cast(a.admitted_at as date), cast(m.held_at as date)) as double) as met_on,
  (epoch(m.held_at) - epoch(m.requested_at)) / 86400 as days_to_meeting, m.criterion, o.complication,
  case when coalesce(a.disposition, '') <> 'died' and a.discharged_at < cast($end_at as timestamp) - interval 30 day
    then b.stay_id is not null end as readmission
from alike a
left join expected e on e.stay_id = a.stay_id
left join standards t on t.drg_code = a.drg_code and t.year = year(a.discharged_at)
left join meetings m on m.stay_id = a.stay_id
left join outcomes o on o.stay_id = a.stay_id
left join back b on b.stay_id = a.stay_id
order by a.stay_id
