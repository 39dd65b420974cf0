-- Grain: one required step of a pathway x hospital x department; and all departments of the hospital together (department empty).
with judged as (
  select pathway, step, place, hospital_id, department, status, expected from step_judged
  where need = 'required' and department is not null
  union all
  select pathway, step, place, hospital_id, cast(null as varchar) as department, status, expected from step_judged
  where need = 'required'
)
select pathway, step, hospital_id, department, count(status) as expected,
  count(case when status = 'omitted' then 1 end) as omitted, count(case when status = 'late' then 1 end) as late,
  count(case when not expected then 1 end) as excused, count(case when expected is null then 1 end) as unknown
from judged group by pathway, step, place, hospital_id, department
order by pathway, place, step, hospital_id, department nulls first
