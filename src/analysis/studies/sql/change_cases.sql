-- Grain: one grouped case of the hospital discharged in the months opened.
-- denied: all that was denied of it in these months, whenever; readmitted: completed from later stays, empty where
-- 30 days have not passed or the patient is unknown; price_gap, cost_gap: what the items in $items would have come to
-- at their mean price (purchase price) of the months $after_first to $after_last, less what they came to.
with prices as (
  select item_code, sum(amount) / nullif(sum(quantity), 0) as price, sum(cost) / nullif(sum(quantity), 0) as cost
  from case_items
  where list_contains($items, item_code) and period between $after_first and $after_last
  group by item_code
),
gaps as (
  select i.stay_id, sum(i.quantity * p.price - i.amount) as price_gap, sum(i.quantity * p.cost - i.cost) as cost_gap
  from case_items i join prices p on p.item_code = i.item_code
  group by i.stay_id
),
lost as (
  select stay_id, sum(amount) as denied from denied where stay_id is not null group by stay_id
),
returns as (
  select c.stay_id, min(d.admitted_at) as admitted_at
  from cases c
  join patient_days d on d.patient_id = c.patient_id and d.hospital_id = c.hospital_id and d.stay_id <> c.stay_id
    and d.admitted_at >= c.discharged_at and coalesce(d.planned, false) = false
    and coalesce(d.transferred_in, false) = false
  where c.hospital_id = $hospital
  group by c.stay_id
)
select c.period, c.stay_id, c.department, c.drg_code, coalesce(c.severity, '*') as severity,
  cast(c.charge_total as double) as charge, cast(c.charge_drug as double) as drug,
  cast(c.charge_consumable as double) as consumable, cast(c.length_of_stay as double) as stay,
  case when c.cost_complete then cast(c.cost_total as double) end as cost, cast(c.claimed as double) as claimed,
  coalesce(cast(l.denied as double), 0) as denied, cast(c.complication as double) as complication,
  coalesce(cast(g.price_gap as double), 0) as price_gap, coalesce(cast(g.cost_gap as double), 0) as cost_gap,
  case
    when c.readmitted_30d is not null then cast(c.readmitted_30d as double)
    when c.patient_id is null or c.disposition = 'died' then null
    when date_diff('day', cast(c.discharged_at as date), cast(r.admitted_at as date)) <= 30 then 1.0
    when date_diff('day', cast(c.discharged_at as date), cast($end_at as date)) > 30 then 0.0
  end as readmission
from cases c
left join gaps g on g.stay_id = c.stay_id
left join lost l on l.stay_id = c.stay_id
left join returns r on r.stay_id = c.stay_id
where c.hospital_id = $hospital and c.drg_code is not null and c.department is not null
order by c.period, c.stay_id
