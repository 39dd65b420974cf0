-- One of the items is charged in the stay, by the end of the month of discharge.
select a.cond_no, a.encounter_no, a.line_key, case when count(l.line_id) > 0 then 2 else 0 end as answer,
  coalesce(min(coalesce(l.ordered_at, l.charged_at)), max(e.discharged_at)) as facts_at
from audit_asked_conditions a
join audit_encounters e on e.encounter_no = a.encounter_no
join audit_condition_codes k on k.cond_no = a.cond_no
left join audit_net l on l.encounter_no = a.encounter_no and l.item_code = k.code
  and ($in_house or l.charged_at < coalesce(cast(date_trunc('month', e.discharged_at) as timestamp) + interval 1 month, $end_at))
where a.kind = 'items'
group by a.cond_no, a.encounter_no, a.line_key
