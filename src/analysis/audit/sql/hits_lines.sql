-- attribute, indication, list: every line of the rule's items; the rule's conditions decide.
select rule_no, encounter_no, strftime(charged_at, '%Y-%m-%d') as part, 'judged' as role, line_id, amount as risk,
  cast(null as varchar) as other_item, cast(quantity as double) as count, 2 as answer,
  coalesce(ordered_at, charged_at) as facts_at, known_at
from audit_judged where template in ('attribute', 'indication', 'list') and judged
