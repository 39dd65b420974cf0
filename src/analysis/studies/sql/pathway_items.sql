-- Grain: one item x place x whether it belongs to the stays asked for. What was used and what it cost: goods at purchase
-- price, services at quantity x activity unit cost of the performing centre in the month (ratio where no recipe tells).
-- quantity, cost: of the lines that have a cost; charged, amount: quantity and charge of all lines. place: the performing centre, in $wards alone; '' = anywhere else.
-- inside: of $stays; else of any other stay.
with kinds as (
  select item_code, max_by(coalesce(kind, 'other'), period) as kind from item_totals group by item_code
),
units as (
  select period, hospital_id, item_code, cost_centre,
    coalesce(max(case when method = 'activity' then unit_cost end), max(case when method = 'ratio' then unit_cost end)) as unit_cost
  from services group by period, hospital_id, item_code, cost_centre
),
hospitals as (
  select distinct stay_id, hospital_id from patient_days
),
priced as (
  select i.stay_id, i.item_code, i.performing_centre, cast(i.quantity as double) as quantity, cast(i.amount as double) as amount,
    coalesce(cast(i.cost as double), cast(i.quantity as double) * cast(u.unit_cost as double)) as cost
  from case_items i
  left join hospitals h on h.stay_id = i.stay_id
  left join units u on u.period = i.period and u.hospital_id = h.hospital_id and u.item_code = i.item_code
    and u.cost_centre = i.performing_centre
)
select p.item_code, case when p.performing_centre in (select unnest($wards)) then p.performing_centre else '' end as place,
  p.stay_id in (select unnest($stays)) as inside,
  max(case when k.kind = 'drug' then 'drug' when k.kind in ('consumable', 'blood') then 'consumable'
    when k.kind in ('laboratory', 'imaging', 'function_test', 'pathology') then 'exam' else 'service' end) as category,
  coalesce(sum(p.quantity) filter (where p.cost is not null), 0) as quantity, coalesce(sum(p.cost), 0) as cost,
  sum(p.quantity) as charged, coalesce(sum(p.amount), 0) as amount
from priced p
join kinds k on k.item_code = p.item_code
group by p.item_code, place, inside
order by p.item_code, place, inside
