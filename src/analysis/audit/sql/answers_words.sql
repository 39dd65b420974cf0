-- Sex, payer, setting, level, department, way of admission, planned, DRG: one of the words; unknown where it is empty.
with words as (
  select a.cond_no, a.encounter_no, a.line_key,
    case a.kind when 'sex' then nullif(e.sex, 'U') when 'planned' then cast(e.planned as varchar) when 'payer' then e.payer
      when 'setting' then e.setting when 'level' then e.level when 'department' then e.department
      when 'admission_type' then e.admission_type when 'drg' then e.drg_code end as word,
    case when a.kind = 'drg' then e.discharged_at end as facts_at
  from audit_asked_conditions a join audit_encounters e on e.encounter_no = a.encounter_no
  where a.kind in ('sex', 'planned', 'payer', 'setting', 'level', 'department', 'admission_type', 'drg')
)
select w.cond_no, w.encounter_no, w.line_key,
  case when w.word is null then 1 when k.code is not null then 2 else 0 end as answer, w.facts_at
from words w left join audit_condition_codes k on k.cond_no = w.cond_no and k.code = w.word
