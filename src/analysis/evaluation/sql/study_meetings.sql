-- Grain: one stay of the table study_cases on which a meeting was held up to $by_day days after admission.
select distinct c.stay_id
from study_cases c join mdt m on m.stay_id = c.stay_id
where date_diff('day', cast(c.admitted_at as date), cast(m.held_at as date)) <= $by_day
order by 1
