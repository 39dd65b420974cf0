-- Grain: one stay on one pathway, discharged in the period. Whoever the hospital's records put on pathways is on these; everyone
-- else is where all criteria of a pathway hold. A pathway that names no records asks its criteria of everyone.
-- What is not known (an age, a diagnosis) fulfils no criterion. days: nights, at least one, as cases count them.
with discharged as (
  select stay_id, hospital_id, department, admitted_at, discharged_at, drg_code, severity, age,
    coalesce(length_of_stay, greatest(1, date_diff('day', cast(admitted_at as date), cast(discharged_at as date)))) as days
  from stays where discharged_at >= $start_at and discharged_at < $end_at
    and coalesce(admitted_at >= $admitted_from, true)
),
recorded as (
  select distinct e.pathway, r.stay_id
  from pathway_records r join pathway_entry e on e.kind = 'records' and e.code = r.pathway
),
met as (
  select e.pathway, s.stay_id, e.kind from discharged s join pathway_entry e on e.kind = 'drg' and starts_with(s.drg_code, e.code)
  union
  select e.pathway, s.stay_id, e.kind from discharged s join pathway_entry e on e.kind = 'severity' and s.severity = e.code
  union
  select e.pathway, d.stay_id, e.kind from diagnoses d join pathway_entry e on e.kind = 'diagnosis' and starts_with(d.code, e.code)
  where d.position = 1
  union
  select e.pathway, d.stay_id, e.kind from diagnoses d join pathway_entry e on e.kind = 'any_diagnosis' and starts_with(d.code, e.code)
  union
  select e.pathway, p.stay_id, e.kind from procedures p join pathway_entry e on e.kind = 'procedure' and starts_with(p.code, e.code)
  union
  select w.pathway, s.stay_id, 'age' as kind from discharged s
  join pathway_rows w on (w.age_least is not null or w.age_most is not null)
    and s.age >= coalesce(w.age_least, 0) and s.age <= coalesce(w.age_most, 1000)
),
barred as (
  select distinct e.pathway, d.stay_id
  from diagnoses d join pathway_entry e on e.kind = 'unless_diagnosis' and starts_with(d.code, e.code)
),
fulfilled as (
  select m.pathway, m.stay_id
  from met m join pathway_rows w on w.pathway = m.pathway
  left join barred b on b.pathway = m.pathway and b.stay_id = m.stay_id
  left join (select distinct stay_id from recorded) r on w.by_records and r.stay_id = m.stay_id
  where b.stay_id is null and r.stay_id is null
  group by m.pathway, m.stay_id
  having count(distinct m.kind) = max(w.criteria)
),
entered as (
  select pathway, stay_id, true as by_record from recorded
  union all
  select pathway, stay_id, false as by_record from fulfilled
)
select e.pathway, s.stay_id, s.hospital_id, s.department, s.admitted_at, s.discharged_at, s.days, w.standard_days, e.by_record
from entered e
join discharged s on s.stay_id = e.stay_id
join pathway_rows w on w.pathway = e.pathway
