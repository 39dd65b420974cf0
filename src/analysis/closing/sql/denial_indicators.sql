-- Grain: hospital, or one department. Denials by month of denial and by settlement cohort, against what was claimed.
with claimed as (
  select hospital_id, coalesce(department, '?') as department, stay_id, claimed from stays
  where settled_on >= cast($start_at as date) and settled_on < cast($end_at as date)
),
cohort as (
  select c.hospital_id, c.department, sum(d.amount) as amount
  from denials d join claimed c on c.stay_id = d.stay_id
  where d.denied_on < cast($end_at as date) group by c.hospital_id, c.department
),
parts as (
  select hospital_id, department, sum(claimed) as claimed, cast(0 as decimal(18, 2)) as denied, cast(0 as decimal(18, 2)) as cohort
  from claimed group by hospital_id, department
  union all
  select hospital_id, coalesce(department, '?'), 0, amount, 0 from denied
  union all
  select hospital_id, department, 0, 0, amount from cohort
),
scoped as (
  select 'hospital' as scope, hospital_id as subject, * from parts
  union all select 'department', department, * from parts
)
select hospital_id, scope, subject, sum(denied) as denied_amount__n,
  sum(denied) as denial_rate__n, nullif(sum(claimed), 0) as denial_rate__d,
  sum(cohort) as denial_rate_cohort__n, nullif(sum(claimed), 0) as denial_rate_cohort__d
from scoped
where $has_denials
group by hospital_id, scope, subject
