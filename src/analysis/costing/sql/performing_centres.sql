-- Grain: one department of one hospital. The cost centres of what it performs and orders.
-- inpatient: what performs for a stay: its technology (or other non-clinical) centre, else its inpatient clinical centre;
-- outpatient: likewise for lines without a stay. ward, clinic: its clinical centre alone, which stands in where the
-- performing department has none. Empty where the department has no such centre.
with clinical as (
  select hospital_id, department,
    coalesce(min(case when class = 'technology' then cost_centre end), min(case when class <> 'clinical' then cost_centre end)) as other,
    min(case when class = 'clinical' and coalesce(setting, 'both') in ('inpatient', 'both') then cost_centre end) as ward,
    min(case when class = 'clinical' and coalesce(setting, 'both') in ('outpatient', 'both') then cost_centre end) as clinic
  from cost_centres
  where department is not null
  group by hospital_id, department
)
select hospital_id, department, coalesce(other, ward) as inpatient, coalesce(other, clinic) as outpatient, ward, clinic
from clinical
