-- Grain: one department, or the hospital (scope), x period: the stays that can be compared, the sums of what they
-- were charged and of their shares of drugs and of consumables, and the same sums as the baseline has them on the average
-- for stays of the same DRGs (all departments). A stay can be compared where its DRG has at least $least others in the
-- baseline; a baseline month is compared with the other baseline months, $period with all of them. Reads shift_stays.
with months as (
  select hospital_id, drg_code, period, count(*) as cases, sum(charge) as charge, sum(drug) as drug,
    sum(consumable) as consumable
  from shift_stays group by hospital_id, drg_code, period
),
baseline as (
  select hospital_id, drg_code, sum(cases) as cases, sum(charge) as charge, sum(drug) as drug,
    sum(consumable) as consumable
  from months where period between $first and $last group by hospital_id, drg_code
),
others as (
  select m.hospital_id, m.drg_code, m.period,
    b.cases - case when m.period <= $last then m.cases else 0 end as cases,
    b.charge - case when m.period <= $last then m.charge else 0 end as charge,
    b.drug - case when m.period <= $last then m.drug else 0 end as drug,
    b.consumable - case when m.period <= $last then m.consumable else 0 end as consumable
  from months m
  join baseline b on b.hospital_id = m.hospital_id and b.drg_code = m.drg_code
  where m.period <= $last or m.period = $period
),
compared as (
  select k.*, o.charge / o.cases as charge_expected, o.drug / o.cases as drug_expected,
    o.consumable / o.cases as consumable_expected
  from shift_stays k
  join others o on o.hospital_id = k.hospital_id and o.drg_code = k.drg_code and o.period = k.period
  where o.cases >= $least
),
subjects as (
  select *, 'department' as scope, department as subject from compared where department is not null
  union all
  select *, 'hospital' as scope, hospital_id as subject from compared
)
select hospital_id, scope, subject, period, count(*) as cases, sum(charge) as charge, sum(drug) as drug,
  sum(consumable) as consumable, sum(charge_expected) as charge_expected, sum(drug_expected) as drug_expected,
  sum(consumable_expected) as consumable_expected
from subjects
group by hospital_id, scope, subject, period
order by hospital_id, scope, subject, period
