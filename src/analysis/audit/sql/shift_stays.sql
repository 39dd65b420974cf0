-- Grain: one case from $first on, in its month of discharge: charges, and the shares of drugs and consumables in them.
-- Reads case_history, cases with their period.
select period, hospital_id, department, drg_code, stay_id, cast(charge_total as double) as charge,
  least(greatest(cast(charge_drug as double) / cast(charge_total as double), 0), 1) as drug,
  least(greatest(cast(charge_consumable as double) / cast(charge_total as double), 0), 1) as consumable
from case_history
where charge_total > 0 and charge_drug is not null and drg_code is not null and period >= $first
