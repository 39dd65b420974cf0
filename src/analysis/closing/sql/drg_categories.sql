-- Grain: one DRG x charge category. cap and over_cap stay empty until caps are set.
select hospital_id, drg_code, category, charge, cast(null as decimal(18, 2)) as cap, cast(null as bigint) as over_cap
from (
  select c.hospital_id, c.drg_code, a.category, sum(a.amount) as charge
  from cases c join accrued a on a.stay_id = c.stay_id and a.method = 'charge'
  where c.drg_code is not null group by c.hospital_id, c.drg_code, a.category
)
