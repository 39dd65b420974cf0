-- Grain: one rule x stay or visit (x day of service) x outcome. The id says rule, version, whom, and the lines.
-- stage: the first of the rule's stages at which all that the finding rests on was known: before = when it was ordered,
-- during = while the patient was there. amount: at risk, each line's money in one finding only; concerned: of this finding
-- taken by itself. first and last item, other: equal unless it names several.
with grouped as (
  select rule_no, encounter_no, part, month, outcome, count(line_id) as lines, min(line_id) as first_line, max(line_id) as last_line,
    min(charged_at) filter (where judged) as first_at, min(ordered_at) filter (where judged) as ordered_at,
    arg_min(ordering_department, (charged_at, line_id)) filter (where judged) as department,
    arg_min(physician_id, (charged_at, line_id)) filter (where judged) as physician_id,
    min(hospital_id) filter (where judged) as hospital_id, max(count) as count, max(facts_at) as facts_at,
    min(item_code) filter (where judged) as first_item, max(item_code) filter (where judged) as last_item,
    min(other_item) as first_other, max(other_item) as last_other,
    sum(amount) filter (where line_id is not null) as amount, sum(risk) filter (where line_id is not null) as concerned
  from audit_kept group by rule_no, encounter_no, part, month, outcome
),
longer as (
  select k.rule_no, k.encounter_no, k.part, k.month, k.outcome, string_agg(k.line_id, ',' order by k.line_id) as line_ids
  from audit_kept k
  join grouped g on g.rule_no = k.rule_no and g.encounter_no = k.encounter_no and g.part = k.part and g.month = k.month
    and g.outcome = k.outcome and g.lines > 2
  group by k.rule_no, k.encounter_no, k.part, k.month, k.outcome
),
known as (
  select g.*, e.encounter_id, e.stay_id, e.visit_id, e.patient_id, e.department as own_department, e.physician_id as own_physician,
    e.hospital_id as own_hospital, coalesce(g.first_at, e.discharged_at, e.admitted_at) as service_at, e.age, e.sex,
    coalesce(l.line_ids, case g.lines when 2 then g.first_line || ',' || g.last_line else g.first_line end) as line_ids,
    case when g.outcome = 1 then 2
      when coalesce(g.facts_at, e.discharged_at) <= g.ordered_at then 0
      when e.discharged_at is null or coalesce(g.facts_at, e.discharged_at) < e.discharged_at then 1 else 2 end as known
  from grouped g
  join audit_encounters e on e.encounter_no = g.encounter_no
  left join longer l on l.rule_no = g.rule_no and l.encounter_no = g.encounter_no and l.part = g.part and l.month = g.month
    and l.outcome = g.outcome
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
  cast(k.service_at as date) as service_date, k.encounter_no, k.part, k.month, k.outcome as answer, k.count, k.age, k.sex,
  k.lines, k.amount, k.concerned, k.first_item, k.last_item, k.first_other, k.last_other
from known k join audit_rule_rows r on r.rule_no = k.rule_no
