-- Grain: one stay x day on which nothing was charged but what stands for being there: bed, nursing, consultation.
-- Lines that were given back count as not done.
with given as (
  select distinct refund_of as line_id from charges where refund_of is not null and charged_at < $end_at
)
select c.stay_id, cast(c.charged_at as date) as day
from charges c
join items i on i.item_code = c.item_code
left join given g on g.line_id = c.line_id
where c.stay_id in (select stay_id from audit_encounters where judged) and c.charged_at < $end_at and c.refund_of is null
  and g.line_id is null
group by c.stay_id, cast(c.charged_at as date)
having max(case when i.kind in ('bed', 'nursing', 'consultation') then 0 else 1 end) = 0
