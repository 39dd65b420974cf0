-- A diagnosis that begins with one of the codes, in any or the first position; unknown where none is recorded at all.
with recorded as (
  select e.encounter_no, d.position, d.code, coalesce(d.recorded_at, e.discharged_at) as facts_at
  from diagnoses d join audit_encounters e on e.stay_id = d.stay_id
  union all
  select encounter_no, 1, icd10, discharged_at from audit_encounters where icd10 is not null
)
select a.cond_no, a.encounter_no, a.line_key,
  case when count(d.code) = 0 then 1 when count(k.code) > 0 then 2 else 0 end as answer, max(d.facts_at) as facts_at
from audit_asked_conditions a
left join recorded d on d.encounter_no = a.encounter_no and (a.kind = 'diagnoses' or d.position = 1)
left join audit_condition_codes k on k.cond_no = a.cond_no and starts_with(d.code, k.code)
where a.kind in ('diagnoses', 'principal')
group by a.cond_no, a.encounter_no, a.line_key
