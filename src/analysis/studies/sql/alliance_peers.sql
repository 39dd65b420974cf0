-- Grain: one indicator that does not depend on size. Median over the other hospitals of the folder, where there are at
-- least three.
select indicator, median(value) as peer, count(value) as hospitals
from indicators
where period = $period and scope = 'hospital' and hospital_id <> $hospital and denominator is not null
group by indicator
having count(value) >= 3
order by indicator
