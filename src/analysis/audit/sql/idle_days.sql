-- Grain: one stay x day on which nothing was charged but what stands for being there: bed, nursing, consultation.
-- Lines that were given back count as not done. Both as known at the end of the month of discharge. The day of admission is
-- no such day: it may have but an evening. Only of the stays that may have too many of them (audit_idle_stays).
with given as (
  select distinct c.refund_of as line_id
  from audit_charges c join audit_encounters e on e.encounter_no = c.encounter_no
  where c.refund_of is not null and c.charged_at < e.until
)
select c.encounter_no, cast(c.charged_at as date) as day
from audit_charges c
join audit_idle_stays s on s.encounter_no = c.encounter_no
join audit_encounters e on e.encounter_no = c.encounter_no and e.judged and e.stay_id is not null
join items i on i.item_code = c.item_code
left join given g on g.line_id = c.line_id
where c.charged_at < e.until and c.refund_of is null and g.line_id is null
  and cast(c.charged_at as date) > cast(e.admitted_at as date)
group by c.encounter_no, cast(c.charged_at as date)
having max(case when i.kind in ('bed', 'nursing', 'consultation') then 0 else 1 end) = 0
