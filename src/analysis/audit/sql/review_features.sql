-- Grain: one case of the period of a DRG with at least $least cases: how it differs from its DRG, as logarithms, and the
-- money its findings have at risk.
with known as (
  select c.stay_id, c.hospital_id, c.department, c.drg_code, cast(c.charge_total as double) as charge,
    cast(c.charge_drug as double) as drug, cast(c.charge_consumable as double) as consumable,
    cast(c.charge_exam as double) as exam, cast(c.charge_service as double) as service,
    cast(c.length_of_stay as double) as days
  from cases c where c.hospital_id = $hospital and c.period = $period and c.charge_drug is not null and c.charge_total > 0
    and c.drg_code is not null
),
means as (
  select drg_code, avg(charge) as charge, avg(drug) as drug, avg(consumable) as consumable, avg(exam) as exam,
    avg(service) as service, avg(days) as days
  from known group by drg_code having count(*) >= $least
),
found as (
  select stay_id, count(*) as findings, cast(coalesce(sum(amount_at_risk), 0) as double) as at_risk
  from findings where hospital_id = $hospital and period = $period and outcome = 'hit' and stay_id is not null
  group by stay_id
)
select k.stay_id, k.department, k.drg_code, k.charge, m.charge as charge_expected,
  ln((k.charge + 100) / (m.charge + 100)) as charge_ratio, ln((k.drug + 100) / (m.drug + 100)) as drug_ratio,
  ln((k.consumable + 100) / (m.consumable + 100)) as consumable_ratio, ln((k.exam + 100) / (m.exam + 100)) as exam_ratio,
  ln((k.service + 100) / (m.service + 100)) as service_ratio, ln(k.days / m.days) as days_ratio,
  coalesce(f.findings, 0) as findings, coalesce(f.at_risk, 0) as at_risk
from known k
join means m on m.drg_code = k.drg_code
left join found f on f.stay_id = k.stay_id
order by k.stay_id
