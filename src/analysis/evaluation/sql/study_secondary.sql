-- Grain: one secondary diagnosis that was present on admission (not known = present) of a case in the table study_cases.
select distinct d.stay_id, d.code
from diagnoses d join study_cases c on c.stay_id = d.stay_id
where d.position > 1 and coalesce(d.present_on_admission, true)
order by all
