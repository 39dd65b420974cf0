-- Grain: one department of one hospital. The cost centre that performs what its department is charged as performing.
-- inpatient: its technology (or other non-clinical) centre, else its inpatient clinical centre; outpatient: likewise for
-- lines that belong to no stay. Empty where the department has no such centre (the ordering centre stands in).
select hospital_id, department,
  coalesce(min(case when class = 'technology' then cost_centre end), min(case when class <> 'clinical' then cost_centre end),
    min(case when coalesce(setting, 'both') in ('inpatient', 'both') then cost_centre end)) as inpatient,
  coalesce(min(case when class = 'technology' then cost_centre end), min(case when class <> 'clinical' then cost_centre end),
    min(case when coalesce(setting, 'both') in ('outpatient', 'both') then cost_centre end)) as outpatient
from cost_centres
where department is not null
group by hospital_id, department
