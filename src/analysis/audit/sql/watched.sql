-- Grain: one stay in house at $at with charges to date, the standard of its expected group, and the findings on it so far.
with charged as (
  select stay_id, cast(sum(amount) as double) as used from moment_charges group by stay_id
),
said as (
  select stay_id, count(*) filter (where outcome = 'hit') as findings, count(*) filter (where outcome <> 'hit') as lacking,
    cast(sum(amount_at_risk) as double) as amount_at_risk,
    string_agg(distinct rule_id, ', ' order by rule_id) filter (where outcome = 'hit') as rules
  from findings where stay_id is not null group by stay_id
)
select s.stay_id, s.hospital_id, s.department, d.head, s.physician_id, s.drg_code, s.admitted_at,
  date_diff('day', cast(s.admitted_at as date), cast($at as date)) as days, coalesce(c.used, 0) as used,
  coalesce(e.standard, a.standard) as standard, coalesce(c.used, 0) / nullif(coalesce(e.standard, a.standard), 0) as share,
  coalesce(coalesce(c.used, 0) >= $part * nullif(coalesce(e.standard, a.standard), 0), false) as alert,
  coalesce(f.findings, 0) as findings, coalesce(f.lacking, 0) as lacking, coalesce(f.amount_at_risk, 0) as amount_at_risk,
  coalesce(f.rules, '') as rules
from stays s
left join charged c on c.stay_id = s.stay_id
left join said f on f.stay_id = s.stay_id
left join audit_standards e on e.hospital_id = s.hospital_id and e.drg_code = s.drg_code and e.severity = s.severity
left join audit_standards a on a.hospital_id = s.hospital_id and a.drg_code = s.drg_code and a.severity = '*'
left join departments d on d.hospital_id = s.hospital_id and d.department = s.department
where s.discharged_at is null
