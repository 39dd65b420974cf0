-- Grain: one DRG x charge category of one hospital: its share in the charges of the year before's normal cases that kept
-- within their standard; only DRGs with at least min_cases of them.
with kept as (
  select hospital_id, drg_code, charge_drug, charge_consumable, charge_exam, charge_service, charge_other
  from past_cases
  where outlier = 'normal' and drg_code is not null and charge_drug is not null and charge_total <= standard
),
enough as (
  select hospital_id, drg_code from kept group by hospital_id, drg_code having count(*) >= $min_cases
),
summed as (
  select k.hospital_id, k.drg_code, k.category, cast(greatest(sum(k.amount), 0) as double) as amount
  from (
    select * from kept unpivot (amount for category in (charge_drug as 'drug', charge_consumable as 'consumable',
      charge_exam as 'exam', charge_service as 'service', charge_other as 'other'))
  ) k
  join enough e on e.hospital_id = k.hospital_id and e.drg_code = k.drg_code
  group by k.hospital_id, k.drg_code, k.category
)
select hospital_id, drg_code, category, amount / sum(amount) over (partition by hospital_id, drg_code) as share
from summed
where amount > 0
