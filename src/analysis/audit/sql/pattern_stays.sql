-- Grain: one rule x stay that looks like half of a split stay, lies over another one (audit_beside_stays), or has more
-- empty days than allowed (count).
select * from audit_beside_stays
union all
select r.rule_no, b.encounter_no, b.stay_id, r.pattern, 2,
  max(cast(cast(d.day as timestamp) + interval 1 day as timestamp)), cast(count(*) as double)
from audit_rule_rows r
join audit_idle_days d on true
join audit_encounters b on b.encounter_no = d.encounter_no and b.judged
where r.template = 'stay_pattern' and r.pattern = 'empty_bed'
group by r.rule_no, b.encounter_no, b.stay_id, r.pattern, r.limit_value
having count(*) > coalesce(r.limit_value, 0)
