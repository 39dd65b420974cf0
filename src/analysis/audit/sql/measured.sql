-- Grain: one encounter x measurement that a rule asks for: its first and last value, and how many are known.
-- Where a time is missing, the number says the order. Without any value, or with an empty first one, it is unknown.
with named as (
  select name from audit_conditions where kind = 'measured' union select name from audit_rule_evidence
),
ordered as (
  select e.encounter_no, m.name, m.value, m.measured_at, m.measurement_id,
    case when bool_and(m.measured_at is not null) over (partition by m.stay_id, m.name) then m.measured_at end as taken_at
  from measurements m
  join audit_encounters e on e.stay_id = m.stay_id
  join named n on n.name = m.name
),
placed as (
  select *, row_number() over (partition by encounter_no, name order by taken_at, measurement_id) as place,
    row_number() over (partition by encounter_no, name order by taken_at desc, measurement_id desc) as back
  from ordered
)
select encounter_no, name, max(value) filter (where place = 1) as first, max(value) filter (where back = 1) as last,
  count(value) as known,
  max(measured_at) filter (where place = 1) as first_at, max(measured_at) as last_at
from placed group by encounter_no, name
