-- Grain: one rule x stay that looks like half of a split stay, or lies over another one.
-- split: left and entered again within `limit` days for the same group, not sent by another hospital.
-- count: days between, other stays.
select r.rule_no, b.encounter_no, b.stay_id, r.pattern, 2 as answer, max(b.admitted_at) as facts_at,
  cast(min(date_diff('day', cast(a.discharged_at as date), cast(b.admitted_at as date))) as double) as count
from audit_rule_rows r
join audit_encounters b on b.judged
join stays a on a.patient_id = b.patient_id and a.hospital_id = b.hospital_id and a.stay_id <> b.stay_id
where r.template = 'stay_pattern' and r.pattern = 'split' and a.drg_code = b.drg_code
  and a.admitted_at < b.admitted_at and b.transferred_from is null
  and date_diff('day', cast(a.discharged_at as date), cast(b.admitted_at as date))
    between 0 and r.limit_value
group by r.rule_no, b.encounter_no, b.stay_id, r.pattern
union all
select r.rule_no, b.encounter_no, b.stay_id, r.pattern, 2, max(b.admitted_at), cast(count(*) as double)
from audit_rule_rows r
join audit_encounters b on b.judged
join stays a on a.patient_id = b.patient_id and a.stay_id <> b.stay_id
where r.template = 'stay_pattern' and r.pattern = 'overlapping'
  and (a.admitted_at, a.stay_id) < (b.admitted_at, b.stay_id) and b.admitted_at < a.discharged_at
group by r.rule_no, b.encounter_no, b.stay_id, r.pattern
