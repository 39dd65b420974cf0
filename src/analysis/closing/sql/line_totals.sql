-- Grain: one hospital. What the charge lines of inpatients come to in the period, whether their stay is known or not.
select hospital_id, sum(amount) as amount
from charges
where stay_id is not null and charged_at >= $start_at and charged_at < $end_at
group by hospital_id
