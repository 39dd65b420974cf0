-- Grain: one amount denied in the period, with the department and DRG of its stay.
select d.denial_id, d.hospital_id, d.stay_id, coalesce(d.department, s.department) as department, s.drg_code,
  d.settled_on, d.denied_on, d.amount, d.reason
from denials d left join stays s on s.stay_id = d.stay_id
where d.denied_on >= cast($start_at as date) and d.denied_on < cast($end_at as date)
