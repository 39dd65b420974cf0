-- A procedure that begins with one of the codes is coded in the stay.
select a.cond_no, a.encounter_no, a.line_key, case when count(k.code) > 0 then 2 else 0 end as answer,
  max(e.discharged_at) as facts_at
from audit_asked_conditions a
join audit_encounters e on e.encounter_no = a.encounter_no
left join procedures p on p.stay_id = e.stay_id
left join audit_condition_codes k on k.cond_no = a.cond_no and starts_with(p.code, k.code)
where a.kind = 'procedures'
group by a.cond_no, a.encounter_no, a.line_key
