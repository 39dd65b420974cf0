-- uncoded: `charged`, an item that implies a procedure which the record does not code; `coded`, a procedure whose items
-- nobody charged. What an item implies is said by the rule's procedures, else by item_codes. other_item: the procedure.
with implied as (
  select i.rule_no, i.item_code, p.code, cast(null as date) as valid_from, cast(null as date) as valid_to
  from audit_rule_items i join audit_rule_procedures p on p.rule_no = i.rule_no
  where i.role = 'judged'
  union all
  select i.rule_no, i.item_code, k.code, k.valid_from, k.valid_to
  from audit_rule_items i join item_codes k on k.item_code = i.item_code and k.system = 'icd9cm3_cn'
  where i.role = 'judged' and i.rule_no not in (select rule_no from audit_rule_procedures)
),
coded as (
  select distinct j.rule_no, j.line_id
  from audit_judged j
  join implied k on k.rule_no = j.rule_no and k.item_code = j.item_code
  join procedures p on p.stay_id = j.stay_id and starts_with(p.code, k.code)
  where j.template = 'uncoded' and j.pattern = 'charged'
)
select j.rule_no, j.encounter_no, strftime(j.charged_at, '%Y-%m-%d') as part, 'judged' as role, j.line_id,
  max(j.amount) as risk, min(k.code) as other_item, cast(max(j.quantity) as double) as count, 2 as answer,
  cast(null as timestamp) as facts_at, max(j.known_at) as known_at
from audit_judged j
join implied k on k.rule_no = j.rule_no and k.item_code = j.item_code and (k.valid_from is null or j.day >= k.valid_from)
  and (k.valid_to is null or j.day <= k.valid_to)
left join coded c on c.rule_no = j.rule_no and c.line_id = j.line_id
where j.template = 'uncoded' and j.pattern = 'charged' and j.judged and j.stay_id is not null and c.line_id is null
group by j.rule_no, j.encounter_no, j.charged_at, j.line_id
union all
select distinct r.rule_no, e.encounter_no, p.code, 'judged', cast(null as varchar), cast(0 as decimal(18, 2)), p.code,
  cast(1 as double), 2, cast(null as timestamp), e.discharged_at
from audit_rule_rows r
join implied k on k.rule_no = r.rule_no
join procedures p on starts_with(p.code, k.code)
join audit_encounters e on e.stay_id = p.stay_id and e.judged and e.discharged_at is not null
left join (select distinct x.rule_no, x.code, l.encounter_no from implied x join audit_net l on l.item_code = x.item_code) l
  on l.rule_no = r.rule_no and l.code = k.code and l.encounter_no = e.encounter_no
where r.template = 'uncoded' and r.pattern = 'coded' and l.encounter_no is null
  and cast(e.discharged_at as date) >= r.effective_from and (r.effective_to is null or cast(e.discharged_at as date) <= r.effective_to)
