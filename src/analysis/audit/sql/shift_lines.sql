-- Grain: one basis x department x DRG x item x ordering physician, of the month (now) or of the baseline months from $since
-- on: stays with such items are summed up. basis month: what was charged in the month; case: all that the cases
-- discharged in the month were charged. Reads shift_stays, item_history (items of stays with the period they were charged
-- in) and items.
select s.basis, s.hospital_id, s.department, s.drg_code, s.period = $period as now, i.item_code, k.kind, i.physician_id,
  sum(cast(i.quantity as double)) as quantity, sum(cast(i.amount as double)) as amount
from shift_stays s
join item_history i on i.stay_id = s.stay_id and (s.basis = 'case' or i.period = s.period)
join items k on k.item_code = i.item_code
where s.period between $since and $last or s.period = $period
group by s.basis, s.hospital_id, s.department, s.drg_code, s.period = $period, i.item_code, k.kind, i.physician_id
