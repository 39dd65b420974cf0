-- Grain: one hospital. Charge lines of the period whose stay is not in the stays: they reach no case.
select hospital_id, sum(amount) as amount
from charges l
where stay_id is not null and charged_at >= $start_at and charged_at < $end_at
  and not exists (select 1 from stays s where s.stay_id = l.stay_id)
group by hospital_id
