-- pair: b within the window of a that contains it; one a for each b: of those known first the nearest. It is found in the
-- month in which both are known. Different sides are different questions.
with met as (
  select r.rule_no, b.encounter_no, b.day, b.line_id, b.amount, b.quantity, b.ordered_at, b.charged_at, a.line_id as other_line,
    p.other_item, greatest(a.known_at, b.known_at) as known_at, coalesce(a.ordered_at, a.charged_at) as other_at,
    row_number() over (partition by r.rule_no, b.line_id
      order by date_trunc('month', greatest(a.known_at, b.known_at)), abs(epoch(a.charged_at) - epoch(b.charged_at)), a.charged_at, a.line_id) as place
  from audit_rule_pairs p
  join audit_rule_rows r on r.rule_no = p.rule_no
  join audit_net b on b.item_code = p.item_code
  join audit_net a on a.encounter_no = b.encounter_no and a.item_code = p.other_item and a.line_id <> b.line_id
  where b.day >= r.effective_from and (r.effective_to is null or b.day <= r.effective_to)
    and (p.valid_from is null or b.day >= p.valid_from) and (p.valid_to is null or b.day <= p.valid_to)
    and (p.other_from is null or a.day >= p.other_from) and (p.other_to is null or a.day <= p.other_to)
    and (a.body_side is null or b.body_side is null or a.body_side = b.body_side or 'both' in (a.body_side, b.body_side))
    and case r.window_kind when 'visit' then true when 'day' then a.day = b.day
      else abs(epoch(a.charged_at) - epoch(b.charged_at)) <= r.window_seconds end
),
nearest as (
  select *, strftime(charged_at, '%Y-%m-%d') as part,
    greatest(coalesce(ordered_at, charged_at), other_at) as facts_at
  from met where place = 1 and ($in_house or known_at >= $start_at)
)
select rule_no, encounter_no, part, 'judged' as role, line_id, amount as risk, other_item, cast(quantity as double) as count,
  2 as answer, facts_at, known_at
from nearest
union all
select distinct rule_no, encounter_no, part, 'evidence', other_line, cast(0 as decimal(18, 2)), other_item, cast(null as double), 2,
  cast(null as timestamp), known_at
from nearest
