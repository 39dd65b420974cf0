-- Grain: one department x setting x cost item of the month, beside what its visits or bed-days are counted as.
with departments_of as (
  select coalesce(department, cost_centre) as department, setting, cost_item, sum(full_cost) as amount
  from centre_costs
  where hospital_id = $hospital and period = $period and setting in ('inpatient', 'outpatient')
  group by all
)
select c.department, c.setting, c.cost_item, cast(c.amount as double) as amount,
  cast(case when c.setting = 'outpatient' then d.visits else d.bed_days end as double) as units
from departments_of c
left join departments d on d.hospital_id = $hospital and d.period = $period and d.department = c.department
  and d.setting = c.setting
order by c.department, c.setting, c.cost_item
