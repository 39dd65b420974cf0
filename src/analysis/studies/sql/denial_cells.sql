-- Grain: one department x reason. Denials of a span by month of denial.
select coalesce(department, '?') as department, reason, count(*) as denials, cast(sum(amount) as double) as amount
from denied
where hospital_id = $hospital and period between $first and $last and ($department = '' or department = $department)
group by coalesce(department, '?'), reason
order by department, reason
