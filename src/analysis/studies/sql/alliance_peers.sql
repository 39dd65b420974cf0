-- Grain: one indicator that does not depend on size. The other hospitals of the folder taken together (numerators over
-- denominators), where there are at least three.
select indicator, sum(value * denominator) / sum(denominator) as peer, count(value) as hospitals
from indicators
where period = $period and scope = 'hospital' and hospital_id <> $hospital and denominator > 0
group by indicator
having count(value) >= 3
order by indicator
