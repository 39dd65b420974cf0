-- Grain: one department x DRG x item x ordering physician: all that the cases discharged in the month (now), or in the
-- baseline months from $since on, were given. Reads shift_stays, past_items (items of stays in the closed months),
-- case_items (in the month) and items.
with given as (
  select stay_id, item_code, physician_id, quantity, amount from past_items
  union all
  select stay_id, item_code, physician_id, quantity, amount from case_items
)
select s.hospital_id, s.department, s.drg_code, s.period = $period as now, i.item_code, k.kind, i.physician_id,
  sum(cast(i.quantity as double)) as quantity, sum(cast(i.amount as double)) as amount
from shift_stays s
join given i on i.stay_id = s.stay_id
join items k on k.item_code = i.item_code
where s.period between $since and $last or s.period = $period
group by s.hospital_id, s.department, s.drg_code, s.period = $period, i.item_code, k.kind, i.physician_id
