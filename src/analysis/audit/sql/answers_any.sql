-- Any measured value within bounds: 2 true, 1 unknown (no value), 0 false.
select a.cond_no, a.encounter_no, a.line_key,
  case when count(v.value) = 0 then 1
    when bool_or(not coalesce(v.value < a.low or (a.low_open and v.value = a.low), false)
      and not coalesce(v.value > a.high or (a.high_open and v.value = a.high), false)) then 2 else 0 end as answer,
  coalesce(max(v.measured_at), max(e.discharged_at)) as facts_at
from audit_asked_conditions a
join audit_encounters e on e.encounter_no = a.encounter_no
left join measurements v on v.stay_id = e.stay_id and v.name = a.name and v.value is not null
where a.kind = 'measured' and a.which = 'any'
group by a.cond_no, a.encounter_no, a.line_key
