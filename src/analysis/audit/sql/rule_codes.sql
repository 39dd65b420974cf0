-- Grain: one local item that a rule or a condition names; retest_hours: the longest interval of its rules on retests.
with named as (
  select i.item_code, case when r.template = 'retest' then r.limit_value end as retest_hours
  from audit_rule_items i join audit_rule_rows r on r.rule_no = i.rule_no
  union all
  select item_code, null from audit_rule_pairs
  union all
  select other_item, null from audit_rule_pairs
  union all
  select k.code, null from audit_condition_codes k join audit_conditions c on c.cond_no = k.cond_no where c.kind in ('items', 'items_within')
)
select item_code, max(retest_hours) as retest_hours from named group by item_code
