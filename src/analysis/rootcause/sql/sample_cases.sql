-- Grain: one case of the DRGs asked for, discharged from $first to $last, with complete cost and a known payment.
-- cost: by $method where $by_method (accrued up to the month of discharge), else the case's own. coding_flag: a suggestion
-- of the coding office, or a finding of a rule whose id begins with one of $coding_rules.
with mine as (
  select * from cases
  where period >= $first and period <= $last and hospital_id = $hospital and cost_complete and payment is not null
    and cost_total is not null and drg_code in (select unnest($drgs))
),
accrued as (
  select a.stay_id, sum(a.amount) as amount
  from case_costs a join mine m on m.stay_id = a.stay_id and a.period <= m.period
  where a.method = $method group by a.stay_id
),
coded as (
  select stay_id from coding_suggestions
  union
  select f.stay_id from findings f join (select unnest($coding_rules) as prefix) p on starts_with(f.rule_id, p.prefix)
  where f.stay_id is not null and f.outcome = 'hit'
)
select m.drg_code, m.stay_id, m.period, coalesce(m.patient_id, '?') as patient_id, m.hospital_id,
  coalesce(m.department, '?') as department, coalesce(m.team, '?') as team, coalesce(m.physician_id, '?') as physician_id,
  coalesce(m.severity, '?') as severity, cast(m.age as double) as age,
  coalesce(m.age_band, case when m.age < 18 then '0-17' when m.age < 45 then '18-44' when m.age < 65 then '45-64'
    when m.age < 75 then '65-74' when m.age >= 75 then '75+' end, '?') as age_band,
  coalesce(m.sex, '?') as sex, coalesce(m.admission_type, '?') as admission_type,
  coalesce(m.payer, '?') as payer, date_diff('day', cast(date '1900-01-01' as date), cast(m.admitted_at as date)) % 7 >= 5 as weekend,
  coalesce(m.principal_procedure, m.principal_diagnosis, '?') as variant,
  m.payment, case when $by_method then coalesce(a.amount, 0) else m.cost_total end as cost,
  cast(m.length_of_stay as double) as length_of_stay,
  cast(case when m.complication then 1 when not m.complication then 0 end as double) as complication,
  cast(case when m.infection then 1 when not m.infection then 0 end as double) as infection,
  coalesce(m.died, false) as died,
  m.stay_id in (select stay_id from coded) as coding_flag
from mine m left join accrued a on a.stay_id = m.stay_id
order by m.drg_code, m.period, m.stay_id
