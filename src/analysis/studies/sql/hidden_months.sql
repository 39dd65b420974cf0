-- Grain: one period of a department. Whether an indicator of the month is not shown.
select period, bool_or(hidden) as hidden
from month_plan
where department = $department and indicator in ('discharges', $indicator)
group by period
order by period
