-- Grain: one charge category of a DRG over a span: the cases that are part of the hospital's figures of the DRG (drg_plan),
-- with a payment standard (not payers outside DRG) and complete lines, in months that have caps; all_cases: with or without.
-- cap: mean over the cases (empty where counted in another category, counted_in); charge: of these cases, with the charges
-- of the categories counted in it; over_cap: cases whose charge is above the cap.
with chosen as (
  select c.period, c.stay_id, c.standard, c.charge_drug, c.charge_consumable, c.charge_exam, c.charge_service, c.charge_other
  from cases c
  join drg_plan p on p.department is not distinct from c.department and p.drg_code = c.drg_code and p.counted
  where c.hospital_id = $hospital and c.drg_code = $drg_code and c.period between $first and $last
),
charged as (
  select * from chosen unpivot (charge for category in (charge_drug as 'drug', charge_consumable as 'consumable',
    charge_exam as 'exam', charge_service as 'service', charge_other as 'other'))
  where standard is not null
),
limits as (
  select period, category, cap, counted_in from drg_categories g
  where hospital_id = $hospital and drg_code = $drg_code and (cap is not null or counted_in is not null)
),
joint as (
  select c.period, c.stay_id, coalesce(l.counted_in, c.category) as category, sum(c.charge) as charge
  from charged c join limits l on l.period = c.period and l.category = c.category
  group by c.period, c.stay_id, coalesce(l.counted_in, c.category)
),
compared as (
  select c.category, l.counted_in, l.cap, case when l.counted_in is null then j.charge else c.charge end as charge
  from charged c
  join limits l on l.period = c.period and l.category = c.category
  left join joint j on j.period = c.period and j.stay_id = c.stay_id and j.category = c.category
)
select category, max(counted_in) as counted_in, count(*) as priced, (select count(*) from chosen) as all_cases,
  cast(sum(charge) as double) as charge,
  cast(sum(cap) as double) / nullif(count(cap), 0) as cap,
  case when count(cap) > 0 then sum(case when charge > cap then 1 else 0 end) end as over_cap
from compared
group by category
order by category
