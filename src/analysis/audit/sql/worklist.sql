-- Grain: one finding or denial of the closed month, of one department where one is given, largest amount first.
with cases_to_answer as (
  select 'finding' as kind, finding_id, rule_id as reason, result, outcome, service_date as day, department, physician_id,
    coalesce(stay_id, visit_id, patient_id) as stay, amount_at_risk as amount, explanation_zh, explanation_en
  from findings
  union all
  select 'denial' as kind, denial_id as finding_id, reason, null as result, null as outcome, denied_on as day, department,
    null as physician_id, stay_id as stay, amount, null as explanation_zh, null as explanation_en
  from denied
)
select * from cases_to_answer where $department = '' or department = $department
order by department nulls last, kind desc, amount desc nulls last, finding_id
