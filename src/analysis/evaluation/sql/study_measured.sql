-- Grain: one case in the table study_cases x measurement of $names: the first value before treatment can have begun, that
-- is before the first procedure, or within a day of admission where no procedure has a time.
select c.stay_id, m.name, arg_min(m.value, m.measured_at) as value
from study_cases c
join measurements m on m.stay_id = c.stay_id and m.value is not null
left join (select stay_id, min(started_at) as started_at from procedures group by stay_id) p on p.stay_id = c.stay_id
where m.name in (select unnest($names)) and m.measured_at <= coalesce(p.started_at, cast(c.admitted_at as timestamp) + interval 1 day)
group by all
order by all
