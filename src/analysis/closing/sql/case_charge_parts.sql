-- Grain: one case x charge category, as accrued, and as it stands in the closed cases where the lines are complete.
select a.stay_id, a.hospital_id, a.category, a.amount
from accrued a join cases c on c.stay_id = a.stay_id
where a.method = 'charge' and a.state = 'case' and c.charge_drug is null
union all
select stay_id, hospital_id, category, amount from cases
unpivot (amount for category in (charge_drug as 'drug', charge_consumable as 'consumable', charge_exam as 'exam',
  charge_service as 'service', charge_other as 'other'))
