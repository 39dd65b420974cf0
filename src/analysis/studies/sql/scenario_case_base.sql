-- Grain: one simulated stay, as payment reads cases; charge_total: sum of its charge lines.
with charged as (select stay_id, sum(amount) as amount from charges group by stay_id)
select s.stay_id, s.hospital_id, s.drg_code, s.severity, s.payer, coalesce(c.amount, 0) as charge_total
from stays s left join charged c on c.stay_id = s.stay_id
order by s.stay_id
