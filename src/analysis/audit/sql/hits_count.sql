-- count: more different items of a set in the stay (to the end of its month) than the limit; at risk are the items that came after the limit.
with counted as (
  select j.* from audit_judged j join audit_encounters e on e.encounter_no = j.encounter_no
  where j.template = 'count' and j.charged_at < coalesce(e.until, j.until)
),
firsts as (
  select rule_no, encounter_no, item_code, min(charged_at) as first_at
  from counted group by rule_no, encounter_no, item_code
),
placed as (
  select *, row_number() over (partition by rule_no, encounter_no order by first_at, item_code) as place,
    count(*) over (partition by rule_no, encounter_no) as items
  from firsts
)
select j.rule_no, j.encounter_no, '' as part, case when p.place > j.limit_value then 'judged' else 'evidence' end as role,
  j.line_id, case when p.place > j.limit_value then j.amount else 0 end as risk, cast(null as varchar) as other_item,
  cast(p.items as double) as count, 2 as answer, coalesce(j.ordered_at, j.charged_at) as facts_at,
  max(j.known_at) over (partition by j.rule_no, j.encounter_no) as known_at
from counted j
join placed p on p.rule_no = j.rule_no and p.encounter_no = j.encounter_no and p.item_code = j.item_code
where p.items > j.limit_value
qualify bool_or(j.judged and p.place > j.limit_value) over (partition by j.rule_no, j.encounter_no)
