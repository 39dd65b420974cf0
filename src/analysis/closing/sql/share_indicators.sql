-- Grain: one subject of a scope. Shares of revenue by kind.
-- Hospital and department: medical revenue of the month, inpatient and outpatient (workload), where it is known;
-- DRG, team and physician, and hospitals without workload: charges of the discharged cases.
with work as (
  select w.hospital_id, coalesce(k.department, w.cost_centre) as department, w.revenue, w.drug_revenue,
    w.consumable_revenue, w.exam_revenue
  from workload w
  join cost_centres k on k.hospital_id = w.hospital_id and k.cost_centre = w.cost_centre
  where w.month = $month
),
parts as (
  select hospital_id, 'hospital' as scope, hospital_id as subject, revenue, drug_revenue as drug,
    consumable_revenue as consumable, exam_revenue as exam from work
  union all
  select hospital_id, 'department', department, revenue, drug_revenue, consumable_revenue, exam_revenue from work
  union all
  select hospital_id, 'hospital', hospital_id, charge_total, charge_drug, charge_consumable, charge_exam from cases
  where charge_drug is not null and hospital_id not in (select hospital_id from work)
  union all
  select hospital_id, 'department', department, charge_total, charge_drug, charge_consumable, charge_exam from cases
  where charge_drug is not null and department is not null and hospital_id not in (select hospital_id from work)
  union all
  select hospital_id, 'drg', drg_code, charge_total, charge_drug, charge_consumable, charge_exam from cases
  where charge_drug is not null and drg_code is not null
  union all
  select hospital_id, 'team', team, charge_total, charge_drug, charge_consumable, charge_exam from cases
  where charge_drug is not null and team is not null
  union all
  select hospital_id, 'physician', physician_id, charge_total, charge_drug, charge_consumable, charge_exam from cases
  where charge_drug is not null and physician_id is not null
)
select hospital_id, scope, subject,
  sum(drug) as drug_share__n, sum(revenue) as drug_share__d,
  sum(consumable) as consumable_share__n, sum(revenue) as consumable_share__d,
  sum(revenue - drug - consumable - exam) as service_share__n, sum(revenue) as service_share__d
from parts
group by hospital_id, scope, subject
having sum(revenue) <> 0
