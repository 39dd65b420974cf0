-- Grain: one case x reason of waiting. Days that the cases waited, from admission to the month of discharge.
select w.stay_id, w.reason, sum(w.days) as days
from stay_waits w
join cases c on c.stay_id = w.stay_id and w.period <= c.period
where c.period >= $first and c.period <= $last and c.hospital_id = $hospital and c.cost_complete and c.payment is not null
  and c.cost_total is not null and c.drg_code in (select unnest($drgs))
group by w.stay_id, w.reason
order by w.stay_id, w.reason
