-- Grain: one department x setting. Cost accrued in the period beside the margin of the cases discharged in it.
with centres as (
  select hospital_id, cost_centre, coalesce(department, cost_centre) as department from cost_centres
),
costs as (
  select c.hospital_id, k.department, c.setting, sum(direct) as direct, sum(from_administration) as from_administration,
    sum(from_auxiliary) as from_auxiliary, sum(from_technology) as from_technology, sum(full_cost) as full_cost
  from centre_costs c join centres k on k.hospital_id = c.hospital_id and k.cost_centre = c.cost_centre
  group by c.hospital_id, k.department, c.setting
),
work as (
  select w.hospital_id, k.department, w.setting, sum(w.revenue) as revenue, sum(w.visits) as visits,
    sum(w.bed_days) as bed_days
  from workload w join centres k on k.hospital_id = w.hospital_id and k.cost_centre = w.cost_centre
  where w.month = $month and (w.revenue <> 0 or w.visits <> 0 or w.bed_days <> 0)
  group by w.hospital_id, k.department, w.setting
),
discharged as (
  select hospital_id, coalesce(department, '?') as department, 'inpatient' as setting, count(*) as cases,
    sum(cast(weight as decimal(18, 6))) as weight, sum(cast(weight as decimal(18, 6))) / count(weight) as cmi, sum(payment) as payment,
    sum(charge_total) as case_charge, sum(cost_total) filter (where cost_complete) as case_cost,
    sum(margin_cost) as margin, sum(margin_payment) as margin_payment
  from cases group by hospital_id, coalesce(department, '?')
),
keys as (
  select hospital_id, department, setting from costs
  union select hospital_id, department, setting from work
  union select hospital_id, department, setting from discharged
)
select k.*, 'clinical' as class, c.* exclude (hospital_id, department, setting), w.* exclude (hospital_id, department, setting),
  d.* exclude (hospital_id, department, setting)
from keys k
left join costs c on c.hospital_id = k.hospital_id and c.department = k.department and c.setting = k.setting
left join work w on w.hospital_id = k.hospital_id and w.department = k.department and w.setting = k.setting
left join discharged d on d.hospital_id = k.hospital_id and d.department = k.department and d.setting = k.setting
