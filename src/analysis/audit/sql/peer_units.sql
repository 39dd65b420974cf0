-- Grain: one physician or department (scope) of a hospital over the periods $first to $last: its cases, what they were
-- charged, what the same DRGs are charged on the average of the hospital in these periods, the variance of the sum
-- under that average (error_2: sum of the DRGs' variances), and the charges above the average by category.
-- Only DRGs with at least $least cases; a case without physician counts for no physician.
with known as (
  select hospital_id, department, physician_id, drg_code, cast(charge_total as double) as charge,
    cast(charge_drug as double) as drug, cast(charge_consumable as double) as consumable,
    cast(charge_exam as double) as exam, cast(charge_service as double) as service, cast(charge_other as double) as other
  from case_history
  where period between $first and $last and charge_total > 0 and charge_drug is not null and drg_code is not null
),
expected as (
  select hospital_id, drg_code, count(*) as cases, avg(charge) as charge, var_samp(charge) as variance, avg(drug) as drug,
    avg(consumable) as consumable, avg(exam) as exam, avg(service) as service, avg(other) as other
  from known group by hospital_id, drg_code having count(*) >= $least
),
compared as (
  select k.hospital_id, k.department, k.physician_id, k.charge as observed, e.charge as expected, e.variance,
    k.drug - e.drug as drug, k.consumable - e.consumable as consumable, k.exam - e.exam as exam,
    k.service - e.service as service, k.other - e.other as other
  from known k join expected e on e.hospital_id = k.hospital_id and e.drg_code = k.drg_code
),
subjects as (
  select *, 'department' as scope, department as subject from compared where department is not null
  union all
  select *, 'physician' as scope, physician_id as subject from compared where physician_id is not null
)
select hospital_id, scope, subject, count(*) as cases, sum(observed) as observed, sum(expected) as expected,
  sum(variance) as error_2, sum(drug) as drug, sum(consumable) as consumable, sum(exam) as exam, sum(service) as service,
  sum(other) as other, min(department) as department
from subjects
group by hospital_id, scope, subject
order by hospital_id, scope, subject
