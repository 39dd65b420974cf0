-- Grain: one hospital x whether the stay is known. What the charge lines of inpatients come to in the period; a line
-- whose stay is not in the stays reaches no case.
with lines as (
  select hospital_id, stay_id, sum(amount) as amount
  from charges
  where stay_id is not null and charged_at >= $start_at and charged_at < $end_at
  group by hospital_id, stay_id
)
select l.hospital_id, s.stay_id is not null as known, sum(l.amount) as amount
from lines l left join stays s on s.stay_id = l.stay_id
group by l.hospital_id, s.stay_id is not null
