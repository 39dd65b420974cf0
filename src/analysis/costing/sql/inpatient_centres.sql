-- Grain: one department of one hospital. The clinical centre where its inpatients' days and orders are counted.
-- cost_centre: its inpatient centre, else the one of both settings (the first code where a master names several).
select hospital_id, department, min(cost_centre) as cost_centre
from cost_centres
where class = 'clinical' and department is not null and coalesce(setting, 'both') in ('inpatient', 'both')
group by hospital_id, department
