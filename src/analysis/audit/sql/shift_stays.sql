-- Grain: one stay x period x basis, from $first on. basis 'month': what the stay was charged in the period, whether
-- it was discharged or not (its case, or what it had run up at the end of the period, less what it had run up at the end
-- of the period before), with its shares of drugs and consumables. basis 'case': the case's charges, in its month of
-- discharge. Reads case_history, progress_history (work in progress by charges, one period further back) and stays.
with standing as (
  select period, hospital_id, stay_id, cast(charge_total as double) as charge, cast(charge_drug as double) as drug,
    cast(charge_consumable as double) as consumable
  from case_history where charge_total > 0 and charge_drug is not null
  union all
  select period, hospital_id, stay_id, cast(sum(amount) as double) as charge,
    coalesce(cast(sum(amount) filter (where category = 'drug') as double), 0) as drug,
    coalesce(cast(sum(amount) filter (where category = 'consumable') as double), 0) as consumable
  from progress_history group by period, hospital_id, stay_id
),
steps as (
  select period, hospital_id, stay_id,
    charge - coalesce(lag(charge) over (partition by stay_id order by period), 0) as charge,
    drug - coalesce(lag(drug) over (partition by stay_id order by period), 0) as drug,
    consumable - coalesce(lag(consumable) over (partition by stay_id order by period), 0) as consumable
  from standing
)
select 'month' as basis, p.period, p.hospital_id, s.department, s.drg_code, p.stay_id, p.charge,
  least(greatest(p.drug / p.charge, 0), 1) as drug, least(greatest(p.consumable / p.charge, 0), 1) as consumable
from steps p join stays s on s.stay_id = p.stay_id
where p.charge > 0 and s.drg_code is not null and p.period >= $first
union all
select 'case' as basis, period, hospital_id, department, drg_code, stay_id, cast(charge_total as double) as charge,
  null as drug, null as consumable
from case_history where charge_total > 0 and drg_code is not null and period >= $first
