-- Grain: one period x scope x subject x indicator of the hospital and its departments.
-- Readmission is counted anew from case_book, because its 30 days end after the close of the month.
with returned as (
  select period, 'hospital' as scope, $hospital as subject, count(*) filter (where readmitted) as readmitted,
    count(readmitted) as known
  from case_book group by period
  union all
  select period, 'department', department, count(*) filter (where readmitted), count(readmitted)
  from case_book where department is not null group by period, department
),
targets as (
  select period, max(target) as target from indicators
  where hospital_id = $hospital and indicator = 'readmission_30d' group by period
)
select i.period, i.scope, i.subject, i.indicator, i.value, i.numerator, i.denominator, i.target
from indicators i
where i.hospital_id = $hospital and i.scope in ('hospital', 'department') and i.indicator <> 'readmission_30d'
union all
select r.period, r.scope, r.subject, 'readmission_30d', cast(r.readmitted as double) / r.known,
  cast(r.readmitted as double), cast(r.known as double), case when r.scope = 'hospital' then t.target end
from returned r left join targets t on t.period = r.period
where r.known > 0
