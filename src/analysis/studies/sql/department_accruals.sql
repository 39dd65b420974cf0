-- Grain: one department. Inpatient cost accrued in a span: direct and full (departments of the closed periods).
select department, cast(sum(direct) as double) as direct_cost, cast(sum(full_cost) as double) as full_cost
from departments
where hospital_id = $hospital and period between $first and $last and setting = 'inpatient'
group by department
order by department
