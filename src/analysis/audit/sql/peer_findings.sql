-- Grain: one physician or department (scope) of a hospital over the periods $first to $last: its stays with a finding,
-- however many each has, and how many its DRGs have on the hospital's average (hits only). Reads case_history,
-- finding_history.
with known as (
  select hospital_id, department, physician_id, drg_code, stay_id
  from case_history where period between $first and $last and drg_code is not null
),
hits as (
  select distinct stay_id from finding_history where outcome = 'hit' and stay_id is not null
),
counted as (
  select k.*, case when h.stay_id is null then 0 else 1 end as hits from known k left join hits h on h.stay_id = k.stay_id
),
expected as (
  select hospital_id, drg_code, sum(hits) / count(*) as hits from counted group by hospital_id, drg_code
  having count(*) >= $least
),
compared as (
  select c.hospital_id, c.department, c.physician_id, c.hits as observed, e.hits as expected
  from counted c join expected e on e.hospital_id = c.hospital_id and e.drg_code = c.drg_code
),
subjects as (
  select *, 'department' as scope, department as subject from compared where department is not null
  union all
  select *, 'physician' as scope, physician_id as subject from compared where physician_id is not null
)
select hospital_id, scope, subject, count(*) as cases, sum(observed) as observed, sum(expected) as expected
from subjects
group by hospital_id, scope, subject having sum(expected) > 0
order by hospital_id, scope, subject
