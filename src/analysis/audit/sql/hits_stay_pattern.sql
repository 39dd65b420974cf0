-- stay_pattern: all lines of the later stay (split, overlapping), or of the empty days, by the end of its month.
select p.rule_no, p.encounter_no, '' as part, 'judged' as role, l.line_id, l.amount as risk, cast(null as varchar) as other_item,
  p.count, p.answer, p.facts_at, coalesce(e.discharged_at, cast($end_at as timestamp)) as known_at
from audit_pattern_stays p
join audit_encounters e on e.encounter_no = p.encounter_no
join audit_rule_rows r on r.rule_no = p.rule_no
join audit_net l on l.encounter_no = p.encounter_no and l.charged_at < e.until
left join audit_idle_days d on d.encounter_no = l.encounter_no and d.day = l.day
where (p.pattern <> 'empty_bed' or d.day is not null)
  and l.day >= r.effective_from and (r.effective_to is null or l.day <= r.effective_to)
