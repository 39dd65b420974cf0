-- Grain: one stay or visit that is judged: a stay in the month of its discharge, what is charged later in its own month;
-- with $in_house every stay that is in house at $end_at.
-- judged: discharged in the period (or in house); false where only later lines are judged. until: end of the month of
-- discharge, or $end_at in house: what the stay as a whole is judged on was charged and given back before it.
with charged_stays as (
  select distinct stay_id from charges
  where charged_at >= $start_at and charged_at < $end_at and refund_of is null and stay_id is not null
),
charged as (
  select distinct visit_id, case when visit_id is null then patient_id end as patient_id, hospital_id
  from charges
  where charged_at >= $start_at and charged_at < $end_at and refund_of is null and stay_id is null
),
inpatients as (
  select s.stay_id as encounter_id, s.stay_id, cast(null as string) as visit_id, s.patient_id, s.hospital_id, s.department,
    s.physician_id, s.admitted_at, case when $in_house then null else s.discharged_at end as discharged_at, s.age, s.age_days,
    s.sex, s.payer, s.admission_type, s.planned, s.transferred_from, s.disposition, s.drg_code, cast(null as string) as icd10, 'inpatient' as setting,
    $in_house or s.discharged_at >= $start_at as judged
  from stays s
  where (s.admitted_at is null or s.admitted_at < $end_at)
    and case when $in_house then s.discharged_at is null or s.discharged_at >= $end_at
      else s.discharged_at < $end_at and (s.discharged_at >= $start_at or s.stay_id in (select stay_id from charged_stays)) end
),
outpatients as (
  select concat('visit ', v.visit_id) as encounter_id, cast(null as string) as stay_id, v.visit_id, v.patient_id, v.hospital_id,
    v.department, v.physician_id, v.visited_at as admitted_at, v.visited_at as discharged_at, v.age,
    cast(null as bigint) as age_days, v.sex, v.payer, cast(null as string) as admission_type, cast(null as boolean) as planned,
    cast(null as string) as transferred_from, cast(null as string) as disposition, cast(null as string) as drg_code,
    v.icd10, 'outpatient' as setting, true as judged
  from visits v
  where not $in_house and v.visit_id in (select visit_id from charged where visit_id is not null)
),
others as (
  select concat('patient ', c.patient_id) as encounter_id, cast(null as string) as stay_id,
    cast(null as string) as visit_id, c.patient_id, min(c.hospital_id) as hospital_id, cast(null as string) as department,
    cast(null as string) as physician_id, cast(null as timestamp) as admitted_at, cast(null as timestamp) as discharged_at,
    cast(null as bigint) as age, cast(null as bigint) as age_days, cast(null as string) as sex, cast(null as string) as payer,
    cast(null as string) as admission_type, cast(null as boolean) as planned, cast(null as string) as transferred_from,
    cast(null as string) as disposition, cast(null as string) as drg_code, cast(null as string) as icd10, 'outpatient' as setting, true as judged
  from charged c
  where not $in_house and c.visit_id is null and c.patient_id is not null
  group by c.patient_id
),
every as (
  select * from inpatients union all select * from outpatients union all select * from others
)
select row_number() over (order by e.encounter_id) as encounter_no, e.*, h.level,
  case when $in_house then cast($end_at as timestamp) else cast(date_trunc('month', e.discharged_at) as timestamp) + interval 1 month end as until
from every e left join hospitals h on h.hospital_id = e.hospital_id
