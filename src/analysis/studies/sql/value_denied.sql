-- Grain: one stay's (or visit's) denials in a department and month of denial, from $first to $last.
select department as unit, period as month, coalesce(stay_id, denial_id) as stay, cast(sum(amount) as double) as denied
from denied
where hospital_id = $hospital and period between $first and $last and department is not null
group by department, period, coalesce(stay_id, denial_id)
order by unit, month, stay
