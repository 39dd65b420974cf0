-- Grain: one closed case of the hospital discharged from $first to $last; what was known of it before treatment, and its
-- outcomes. cost_total is empty where it is not complete.
-- severity_on_admission: highest level of the secondary diagnoses that were present on admission (not known = present:
-- what arose in a stay is marked), by the catalogue of the year, unless the principal diagnosis excludes it.
-- surgeon: operator of the principal procedure, else responsible physician, else nobody else's (the stay itself).
-- surgeon_volume: his cases of the same group in the 365 days before. prior_stays, prior_visits: of the patient in the 365
-- days before admission; empty without id.
-- Where the source brings no time of admission, what needs it is empty.
-- readmitted_30d: unplanned, in this hospital, as in the closed tables, with what is known at the end of the data.
with mine as (
  select c.* from cases c where c.period >= $first and (c.period <= $last or starts_with(c.period, $last))
),
last_day as (select max(discharged_at) as known_to from stays),
operated as (
  select stay_id, arg_min(operator_id, position) as operator_id from procedures where operator_id is not null group by all
),
surgeons as (
  select c.stay_id, c.drg_code, c.admitted_at, coalesce(o.operator_id, c.physician_id) as surgeon
  from stays c left join operated o on o.stay_id = c.stay_id
),
volumes as (
  select m.stay_id, s.surgeon, count(b.stay_id) as surgeon_volume
  from mine m join surgeons s on s.stay_id = m.stay_id
  left join surgeons b on b.surgeon = s.surgeon and b.drg_code = m.drg_code
    and b.admitted_at < m.admitted_at and b.admitted_at >= cast(m.admitted_at as timestamp) - interval 365 day
  group by all
),
secondary as (
  select m.stay_id, d.code, k.level
  from mine m join diagnoses d on d.stay_id = m.stay_id and d.position > 1 and coalesce(d.present_on_admission, true)
  left join complication_codes k on k.code = d.code and k.year = year(m.discharged_at)
    and not list_bool_or(list_transform(string_split(coalesce(k.excluded_by, '-'), ','),
                                        lambda prefix: coalesce(starts_with(m.principal_diagnosis, prefix), false)))
),
severities as (
  select stay_id, count(distinct left(code, 3)) as comorbidities,
    max(case level when 'MCC' then 2 when 'CC' then 1 else 0 end) as level
  from secondary group by stay_id
),
before_stays as (
  select m.stay_id, count(*) as prior_stays
  from mine m join stays b on b.patient_id = m.patient_id and b.admitted_at < m.admitted_at
    and b.admitted_at >= cast(m.admitted_at as timestamp) - interval 365 day
  group by m.stay_id
),
before_visits as (
  select m.stay_id, count(*) as prior_visits
  from mine m join visits v on v.patient_id = m.patient_id and v.visited_at < m.admitted_at
    and v.visited_at >= cast(m.admitted_at as timestamp) - interval 365 day
  group by m.stay_id
),
returns as (
  select m.stay_id, min(b.admitted_at) as returned_at
  from mine m join stays b on b.patient_id = m.patient_id and b.hospital_id = m.hospital_id and b.stay_id <> m.stay_id
    and b.admitted_at >= m.discharged_at and not coalesce(b.planned, false) and b.transferred_from is null
  group by m.stay_id
)
select m.stay_id, coalesce(m.patient_id, m.stay_id) as patient, coalesce(v.surgeon, m.stay_id) as surgeon, m.drg_code,
  m.principal_procedure, m.principal_diagnosis as diagnosis, m.admitted_at, m.discharged_at,
  m.hospital_id as hospital, m.severity, cast(m.age as double) as age, m.age_band, m.sex, m.payer, m.admission_type, m.department,
  case coalesce(s.level, 0) when 2 then 'MCC' when 1 then 'CC' else 'none' end as severity_on_admission,
  cast(coalesce(s.comorbidities, 0) as double) as comorbidities,
  cast(date_diff('day', date '2001-01-01', cast(m.admitted_at as date)) % 7 >= 5 as double) as weekend,
  cast(12 * year(m.admitted_at) + month(m.admitted_at) as double) as month,
  year(m.admitted_at) || '-Q' || quarter(m.admitted_at) as quarter,
  cast(v.surgeon_volume as double) as surgeon_volume,
  case when m.patient_id is not null then cast(coalesce(bs.prior_stays, 0) as double) end as prior_stays,
  case when m.patient_id is not null then cast(coalesce(bv.prior_visits, 0) as double) end as prior_visits,
  case when m.cost_complete then cast(m.cost_total as double) end as cost_total,
  cast(m.charge_total as double) as charge_total, cast(m.length_of_stay as double) as length_of_stay,
  cast(date_diff('day', cast(m.admitted_at as date), cast(m.discharged_at as date)) as double) as nights,
  cast(m.complication as double) as complication, cast(m.infection as double) as infection,
  cast(m.died as double) as died, cast(m.satisfaction as double) as satisfaction, cast(m.cured as double) as cured,
  case when m.patient_id is null or m.disposition = 'died' then null
    when date_diff('day', cast(m.discharged_at as date), cast(l.known_to as date)) > 30 then
      cast(coalesce(date_diff('day', cast(m.discharged_at as date), cast(r.returned_at as date)) <= 30, false) as double)
  end as readmitted_30d
from mine m cross join last_day l
left join volumes v on v.stay_id = m.stay_id
left join severities s on s.stay_id = m.stay_id
left join before_stays bs on bs.stay_id = m.stay_id
left join before_visits bv on bv.stay_id = m.stay_id
left join returns r on r.stay_id = m.stay_id
order by m.stay_id
