-- Grain: one local item that a rule or a condition names; `retested`: of a rule on retest intervals.
with named as (
  select i.item_code, r.template = 'retest' as retested
  from audit_rule_items i join audit_rule_rows r on r.rule_no = i.rule_no
  union all
  select item_code, false from audit_rule_pairs
  union all
  select other_item, false from audit_rule_pairs
  union all
  select k.code, false from audit_condition_codes k join audit_conditions c on c.cond_no = k.cond_no where c.kind in ('items', 'items_within')
)
select item_code, bool_or(retested) as retested from named group by item_code
