-- Grain: one finding with its money and what is put into the rule's texts, in both languages.
-- amount: at risk, each line's money in one finding only; concerned: of this finding taken by itself, which the texts tell.
-- value: what was measured first where the rule asks for a measurement, else age or sex where it asks for these.
with named as (
  select l.finding_id, string_agg(distinct coalesce(i.name, n.item_code), '、' order by coalesce(i.name, n.item_code))
      filter (where l.judged) as item_zh,
    string_agg(distinct coalesce(i.name_en, i.name, n.item_code), ', ' order by coalesce(i.name_en, i.name, n.item_code))
      filter (where l.judged) as item_en,
    string_agg(distinct coalesce(o.name, l.other_item), '、' order by coalesce(o.name, l.other_item)) as other_zh,
    string_agg(distinct coalesce(o.name_en, o.name, l.other_item), ', ' order by coalesce(o.name_en, o.name, l.other_item)) as other_en,
    sum(l.amount) as amount, sum(l.concerned) as concerned
  from audit_finding_lines l
  left join audit_details n on n.line_id = l.line_id
  left join items i on i.item_code = n.item_code
  left join items o on o.item_code = l.other_item
  group by l.finding_id
),
judged_items as (
  select g.rule_no, string_agg(distinct i.name, '、' order by i.name) as item_zh,
    string_agg(distinct coalesce(i.name_en, i.name), ', ' order by coalesce(i.name_en, i.name)) as item_en
  from audit_rule_items g join items i on i.item_code = g.item_code
  where g.role = 'judged' and g.rule_no in (select rule_no from audit_rule_rows where pattern = 'coded')
  group by g.rule_no
),
asked as (
  select r.rule_no, min(c.name) filter (where c.kind = 'measured') as name,
    bool_or(c.kind in ('age', 'age_days')) as age, bool_or(c.kind = 'sex') as sex
  from audit_rule_conditions r join audit_conditions c on c.cond_no = r.cond_no group by r.rule_no
),
valued as (
  select f.finding_id, m.first as measured, case when a.age then f.age end as age, case when a.sex then f.sex end as sex
  from audit_findings f
  left join asked a on a.rule_no = f.rule_no
  left join (select rule_no, min(name) as name from audit_rule_evidence group by rule_no) e on e.rule_no = f.rule_no
  left join audit_measured m on m.encounter_id = f.encounter_id and m.name = coalesce(a.name, e.name)
)
select f.finding_id, f.service_date, r.said_zh, r.said_en, coalesce(n.item_zh, o.item_zh) as item_zh,
  coalesce(n.item_en, o.item_en) as item_en, n.other_zh, n.other_en, n.amount, n.concerned, f.outcome, f.count, r.limit_value,
  coalesce(v.measured, v.age) as value, v.sex, case when r.template = 'uncoded' then f.other_item end as code
from audit_findings f
join audit_rule_rows r on r.rule_no = f.rule_no
left join named n on n.finding_id = f.finding_id
left join valued v on v.finding_id = f.finding_id
left join judged_items o on o.rule_no = f.rule_no
