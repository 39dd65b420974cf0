-- Grain: one condition x encounter (x line): 2 true, 1 unknown, 0 false; facts_at: when that could be known (empty = always).
with asked as (
  select distinct c.*, a.encounter_id, case when c.kind = 'items_within' then a.line_key else '' end as line_key
  from audit_asked a
  join audit_rule_conditions r on r.rule_no = a.rule_no
  join audit_conditions c on c.cond_no = r.cond_no
),
numbers as (
  select a.cond_no, a.encounter_id, a.line_key, a.low, a.high, a.low_open, a.high_open,
    case a.kind when 'age' then coalesce(e.age, case when e.age_days is not null then 0 end)
      when 'age_days' then coalesce(e.age_days, case when e.age >= 1 then e.age * 365 end)
      when 'measured' then case a.which when 'first' then m.first when 'last' then m.last end end as value,
    case when a.kind = 'measured' then coalesce(case a.which when 'first' then m.first_at else m.last_at end, e.discharged_at) end as facts_at
  from asked a
  join audit_encounters e on e.encounter_id = a.encounter_id
  left join audit_measured m on m.encounter_id = a.encounter_id and m.name = a.name
  where a.kind in ('age', 'age_days') or (a.kind = 'measured' and a.which <> 'any')
),
words as (
  select a.cond_no, a.encounter_id, a.line_key, a.kind,
    case a.kind when 'sex' then nullif(e.sex, 'U') when 'planned' then cast(e.planned as varchar) when 'payer' then e.payer when 'setting' then e.setting when 'level' then e.level
      when 'department' then e.department when 'admission_type' then e.admission_type when 'drg' then e.drg_code end as word,
    case when a.kind = 'drg' then e.discharged_at end as facts_at
  from asked a join audit_encounters e on e.encounter_id = a.encounter_id
  where a.kind in ('sex', 'planned', 'payer', 'setting', 'level', 'department', 'admission_type', 'drg')
),
recorded as (
  select e.encounter_id, d.position, d.code, coalesce(d.recorded_at, e.discharged_at) as facts_at
  from diagnoses d join audit_encounters e on e.stay_id = d.stay_id
  where e.encounter_id in (select encounter_id from asked where kind in ('diagnoses', 'principal'))
  union all
  select encounter_id, 1, icd10, discharged_at from audit_encounters where icd10 is not null
),
diagnosed as (
  select a.cond_no, a.encounter_id, a.line_key, max(case when k.code is not null then 2 when d.code is not null then 0 else 1 end) as truth,
    bool_and(d.code is null) as nothing, max(d.facts_at) as facts_at
  from asked a
  left join recorded d on d.encounter_id = a.encounter_id and (a.kind = 'diagnoses' or d.position = 1)
  left join audit_condition_codes k on k.cond_no = a.cond_no and starts_with(d.code, k.code)
  where a.kind in ('diagnoses', 'principal')
  group by a.cond_no, a.encounter_id, a.line_key
),
operated as (
  select a.cond_no, a.encounter_id, a.line_key, max(case when k.code is not null then 2 else 0 end) as truth,
    max(e.discharged_at) as facts_at
  from asked a
  join audit_encounters e on e.encounter_id = a.encounter_id
  left join procedures p on p.stay_id = e.stay_id
  left join audit_condition_codes k on k.cond_no = a.cond_no and starts_with(p.code, k.code)
  where a.kind = 'procedures'
  group by a.cond_no, a.encounter_id, a.line_key
),
charged as (
  select a.cond_no, a.encounter_id, a.line_key, max(case when l.line_id is not null then 2 else 0 end) as truth,
    coalesce(min(coalesce(l.ordered_at, l.charged_at)), max(e.discharged_at)) as facts_at
  from asked a
  join audit_encounters e on e.encounter_id = a.encounter_id
  left join (
    select k.cond_no, n.encounter_id, n.line_id, n.ordered_at, n.charged_at
    from audit_condition_codes k join audit_net n on n.item_code = k.code
  ) l on l.cond_no = a.cond_no and l.encounter_id = a.encounter_id
    and ($in_house or l.charged_at < coalesce(date_trunc('month', e.discharged_at) + interval 1 month, $end_at))
  where a.kind = 'items'
  group by a.cond_no, a.encounter_id, a.line_key
),
near as (
  select a.cond_no, a.encounter_id, a.line_key, max(case when l.line_id is not null then 2 else 0 end) as truth,
    max(coalesce(l.ordered_at, l.charged_at)) as facts_at
  from asked a
  join audit_net b on b.line_id = a.line_key
  left join (
    select k.cond_no, n.encounter_id, n.line_id, n.ordered_at, n.charged_at
    from audit_condition_codes k join audit_net n on n.item_code = k.code
  ) l on l.cond_no = a.cond_no and l.encounter_id = a.encounter_id and l.line_id <> b.line_id and l.charged_at < b.until
    and abs(epoch(l.charged_at) - epoch(b.charged_at)) <= a.hours * 3600
  where a.kind = 'items_within'
  group by a.cond_no, a.encounter_id, a.line_key
)
select cond_no, encounter_id, line_key, case when value is null then 1
    when (low is not null and (value < low or (low_open and value = low)))
      or (high is not null and (value > high or (high_open and value = high))) then 0 else 2 end as truth, facts_at
from numbers
union all
select a.cond_no, a.encounter_id, a.line_key,
  case when coalesce(m.known, 0) = 0 then 1
    when bool_or(v.value is not null and not (coalesce(v.value < a.low, false) or (a.low_open and v.value = a.low)
      or coalesce(v.value > a.high, false) or (a.high_open and v.value = a.high))) then 2 else 0 end, max(v.measured_at)
from asked a
join audit_encounters e on e.encounter_id = a.encounter_id
left join audit_measured m on m.encounter_id = a.encounter_id and m.name = a.name
left join measurements v on v.stay_id = e.stay_id and v.name = a.name
where a.kind = 'measured' and a.which = 'any'
group by a.cond_no, a.encounter_id, a.line_key, m.known
union all
select w.cond_no, w.encounter_id, w.line_key,
  case when w.word is null then 1 when w.word in (select code from audit_condition_codes k where k.cond_no = w.cond_no) then 2 else 0 end, w.facts_at
from words w
union all
select cond_no, encounter_id, line_key, case when nothing then 1 else truth end, facts_at from diagnosed
union all
select cond_no, encounter_id, line_key, truth, facts_at from operated
union all
select cond_no, encounter_id, line_key, truth, facts_at from charged
union all
select cond_no, encounter_id, line_key, truth, facts_at from near
