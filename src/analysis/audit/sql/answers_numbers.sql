-- Age, age in days, a first or last measured value within bounds: 2 true, 1 unknown, 0 false; facts_at: when it could be
-- known (empty = always).
with numbers as (
  select a.cond_no, a.encounter_no, a.line_key, a.low, a.high, a.low_open, a.high_open,
    case a.kind when 'age' then coalesce(e.age, case when e.age_days is not null then 0 end)
      when 'age_days' then coalesce(e.age_days, case when e.age >= 1 then e.age * 365 end)
      else case a.which when 'first' then m.first else m.last end end as value,
    case when a.kind = 'measured'
      then coalesce(case a.which when 'first' then m.first_at else m.last_at end, e.discharged_at) end as facts_at
  from audit_asked_conditions a
  join audit_encounters e on e.encounter_no = a.encounter_no
  left join audit_measured m on m.encounter_no = a.encounter_no and m.name = a.name
  where a.kind in ('age', 'age_days') or (a.kind = 'measured' and a.which <> 'any')
)
select cond_no, encounter_no, line_key, case when value is null then 1
    when value < low or (low_open and value = low) or value > high or (high_open and value = high) then 0 else 2 end as answer,
  facts_at
from numbers
