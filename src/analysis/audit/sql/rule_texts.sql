-- Grain: one rule, with what its texts need whatever the finding.
-- name: of the measurement it asks for; age, sex: does it ask for these; items: those it judges, of a rule on what is coded.
with judged_items as (
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
)
select r.rule_no, r.said_zh, r.said_en, r.limit_value, r.template, a.age, a.sex, coalesce(a.name, e.name) as name,
  o.item_zh, o.item_en
from audit_rule_rows r
left join asked a on a.rule_no = r.rule_no
left join (select rule_no, min(name) as name from audit_rule_evidence group by rule_no) e on e.rule_no = r.rule_no
left join judged_items o on o.rule_no = r.rule_no
