-- Grain: one finding that accuses (outcome hit), of the periods $first to $last.
select finding_id, period, rule_id, rule_version, result, coalesce(nature, 'not_compliant') as nature, outcome,
  coalesce(department, '?') as department, physician_id, service_date, cast(amount_at_risk as double) as amount
from findings
where hospital_id = $hospital and period between $first and $last and outcome = 'hit'
  and ($department = '' or department = $department)
order by period, finding_id
