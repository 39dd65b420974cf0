-- Grain: one department x period: discharges, or the cases an indicator is computed from.
select department as subject, period, count(*) as cases
from case_book
where $indicator = 'discharges'
group by department, period
union all
select subject, period, cast(round(denominator) as bigint)
from indicator_book
where scope = 'department' and indicator = $indicator and denominator is not null
order by subject nulls last, period
