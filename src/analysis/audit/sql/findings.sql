-- Grain: one rule x stay or visit (x day of service) x outcome. The id says rule, version, whom, and the lines.
-- stage: the first of the rule's stages at which all that the finding rests on was known: before = when it was ordered,
-- during = while the patient was there. Money and texts are put in afterwards.
with grouped as (
  select k.rule_no, k.encounter_id, k.part, k.month, k.outcome, string_agg(k.line_id, ',' order by k.line_id) as line_ids,
    min(l.charged_at) filter (where k.judged) as first_at, min(l.ordered_at) filter (where k.judged) as ordered_at,
    arg_min(l.ordering_department, (l.charged_at, l.line_id)) filter (where k.judged) as department,
    arg_min(l.physician_id, (l.charged_at, l.line_id)) filter (where k.judged) as physician_id,
    min(l.hospital_id) filter (where k.judged) as hospital_id,
    min(k.other_item) as other_item, max(k.count) as count, max(k.facts_at) as facts_at
  from audit_kept k left join audit_details l on l.line_id = k.line_id
  group by k.rule_no, k.encounter_id, k.part, k.month, k.outcome
),
known as (
  select g.*, e.stay_id, e.visit_id, e.patient_id, e.department as own_department, e.physician_id as own_physician,
    e.hospital_id as own_hospital, coalesce(g.first_at, e.discharged_at, e.admitted_at) as service_at, e.age, e.sex,
    case when g.outcome = 1 then 2
      when coalesce(g.facts_at, e.discharged_at) <= g.ordered_at then 0
      when e.discharged_at is null or coalesce(g.facts_at, e.discharged_at) < e.discharged_at then 1 else 2 end as known
  from grouped g join audit_encounters e on e.encounter_id = g.encounter_id
)
select left(sha256(concat_ws('|', r.rule_id, r.rule_version,
    case when r.template = 'retest' then coalesce(k.patient_id, k.encounter_id) else k.encounter_id end,
    coalesce(k.line_ids, k.part), case when k.outcome = 1 then 'lacking' end)), 16) as finding_id,
  k.rule_no, r.rule_id, r.rule_version,
  case when k.known = 0 and r.before then 'before' when k.known <= 1 and r.during then 'during' when r.after then 'after'
    when r.during then 'during' else 'before' end as stage,
  r.result, r.nature, case when k.outcome = 2 then 'hit' else 'lacking_evidence' end as outcome,
  coalesce(k.hospital_id, k.own_hospital) as hospital_id, k.stay_id, k.visit_id, k.patient_id,
  coalesce(k.department, k.own_department) as department, coalesce(k.physician_id, k.own_physician) as physician_id,
  cast(k.service_at as date) as service_date, k.encounter_id, k.part, k.month, k.outcome as answer, k.count, k.other_item, k.age, k.sex
from known k join audit_rule_rows r on r.rule_no = k.rule_no
