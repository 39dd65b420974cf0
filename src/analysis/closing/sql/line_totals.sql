-- Grain: one hospital x whether the stay is known. What the charge lines of inpatients come to in the period; a line
-- whose stay is not in the stays reaches no case.
select l.hospital_id, s.stay_id is not null as known, sum(l.amount) as amount
from charges l left join stays s on s.stay_id = l.stay_id
where l.stay_id is not null and l.charged_at >= $start_at and l.charged_at < $end_at
group by l.hospital_id, s.stay_id is not null
