-- Grain: one DRG x charge category: all five where caps part the standard, else those that were charged.
-- cap: part of the mean standard of the DRG's cases (table caps); empty for a category counted in another one.
-- over_cap: cases with a standard and complete lines whose charges of the category, and of those counted in it, are above
-- the cap; payers outside DRG have no standard and no cap.
with charged as (
  select c.hospital_id, c.drg_code, a.category, sum(a.amount) as charge
  from cases c join accrued a on a.stay_id = c.stay_id and a.method = 'charge'
  where c.drg_code is not null group by c.hospital_id, c.drg_code, a.category
),
compared as (
  select p.hospital_id, p.drg_code, coalesce(p.counted_in, p.category) as category, c.stay_id,
    sum(case p.category when 'drug' then c.charge_drug when 'consumable' then c.charge_consumable
      when 'exam' then c.charge_exam when 'service' then c.charge_service else c.charge_other end) as charge
  from caps p
  join cases c on c.hospital_id = p.hospital_id and c.drg_code = p.drg_code and c.charge_drug is not null
    and c.standard is not null
  group by p.hospital_id, p.drg_code, coalesce(p.counted_in, p.category), c.stay_id
),
above as (
  select p.hospital_id, p.drg_code, p.category, sum(case when x.charge > p.cap then 1 else 0 end) as over_cap
  from caps p join compared x on x.hospital_id = p.hospital_id and x.drg_code = p.drg_code and x.category = p.category
  where p.cap is not null group by p.hospital_id, p.drg_code, p.category
),
keys as (
  select hospital_id, drg_code, category from charged union select hospital_id, drg_code, category from caps
)
select k.hospital_id, k.drg_code, k.category, coalesce(c.charge, 0) as charge, p.cap, p.counted_in, a.over_cap
from keys k
left join charged c on c.hospital_id = k.hospital_id and c.drg_code = k.drg_code and c.category = k.category
left join caps p on p.hospital_id = k.hospital_id and p.drg_code = k.drg_code and p.category = k.category
left join above a on a.hospital_id = k.hospital_id and a.drg_code = k.drg_code and a.category = k.category
