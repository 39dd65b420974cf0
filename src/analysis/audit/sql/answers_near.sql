-- One of the items is charged within so many hours of the line that is judged.
select a.cond_no, a.encounter_no, a.line_key, case when count(l.line_id) > 0 then 2 else 0 end as answer,
  max(coalesce(l.ordered_at, l.charged_at)) as facts_at
from audit_asked_conditions a
join audit_net b on b.line_id = a.line_key
join audit_condition_codes k on k.cond_no = a.cond_no
left join audit_net l on l.encounter_no = a.encounter_no and l.item_code = k.code and l.line_id <> b.line_id
  and l.charged_at < b.until and abs(epoch(l.charged_at) - epoch(b.charged_at)) <= a.hours * 3600
where a.kind = 'items_within'
group by a.cond_no, a.encounter_no, a.line_key
