-- Grain: one test of a patient who is judged x an earlier one of the same item, no longer ago than the longest interval of
-- the item's rules, whatever the stay or visit. gone_at: when the earlier one was given back as a whole.
with tests as (
  select * from audit_other_tests
  union all
  select c.line_id, coalesce(e.patient_id, e.encounter_id) as patient_id, c.item_code, c.charged_at, c.ordered_at, c.quantity,
    c.body_side, c.refund_of
  from audit_charges c
  join audit_rule_codes n on n.item_code = c.item_code and n.retest_hours is not null
  join audit_encounters e on e.encounter_no = c.encounter_no and e.stay_id is not null
),
given as (
  select refund_of as line_id, -sum(quantity) as quantity, max(charged_at) as given_at
  from tests where refund_of is not null group by refund_of
),
done as (
  select t.*, n.retest_hours, case when g.quantity >= t.quantity then g.given_at end as gone_at
  from tests t
  join audit_rule_codes n on n.item_code = t.item_code
  left join given g on g.line_id = t.line_id
  where t.refund_of is null and t.quantity > 0
)
select t.line_id, a.line_id as other_line, a.charged_at, coalesce(a.ordered_at, a.charged_at) as other_at,
  epoch(t.charged_at) - epoch(a.charged_at) as seconds, a.gone_at
from done t
join done a on a.patient_id = t.patient_id and a.item_code = t.item_code
  and (a.charged_at, a.line_id) < (t.charged_at, t.line_id)
  and epoch(t.charged_at) - epoch(a.charged_at) < t.retest_hours * 3600
  and (a.body_side is null or t.body_side is null or a.body_side = t.body_side)
