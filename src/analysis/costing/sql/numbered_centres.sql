-- Grain: one technology or clinical centre, with its number in the order of the codes.
select hospital_id, cost_centre, class, row_number() over (order by hospital_id, cost_centre) - 1 as centre
from cost_centres
where class in ('technology', 'clinical')
