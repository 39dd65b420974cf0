-- Grain: one finding with what is put into the rule's texts, in both languages. A view.
-- value: what was measured first where the rule asks for a measurement, else age or sex where it asks for these.
with several as (
  select l.finding_id, string_agg(distinct coalesce(i.name, l.item_code), '、' order by coalesce(i.name, l.item_code))
      filter (where l.judged) as item_zh,
    string_agg(distinct coalesce(i.name_en, i.name, l.item_code), ', ' order by coalesce(i.name_en, i.name, l.item_code))
      filter (where l.judged) as item_en,
    string_agg(distinct coalesce(o.name, l.other_item), '、' order by coalesce(o.name, l.other_item)) as other_zh,
    string_agg(distinct coalesce(o.name_en, o.name, l.other_item), ', ' order by coalesce(o.name_en, o.name, l.other_item)) as other_en
  from audit_finding_lines l
  join audit_findings f on f.finding_id = l.finding_id and (f.first_item <> f.last_item or f.first_other <> f.last_other)
  left join items i on i.item_code = l.item_code
  left join items o on o.item_code = l.other_item
  group by l.finding_id
)
select f.*, r.said_zh, r.said_en, r.limit_value,
  coalesce(s.item_zh, i.name, f.first_item, r.item_zh) as item_zh,
  coalesce(s.item_en, i.name_en, i.name, f.first_item, r.item_en) as item_en,
  case when f.lines > 0 then coalesce(s.other_zh, o.name, f.first_other) end as other_zh,
  case when f.lines > 0 then coalesce(s.other_en, o.name_en, o.name, f.first_other) end as other_en,
  coalesce(m.first, case when r.age then f.age end) as value, case when r.sex then f.sex end as told_sex,
  case when r.template = 'uncoded' then f.first_other end as code
from audit_findings f
join audit_rule_texts r on r.rule_no = f.rule_no
left join several s on s.finding_id = f.finding_id
left join items i on i.item_code = f.first_item
left join items o on o.item_code = f.first_other
left join audit_measured m on m.encounter_no = f.encounter_no and m.name = r.name
