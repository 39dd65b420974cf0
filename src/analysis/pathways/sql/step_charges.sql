-- Grain: one step x stay x day on which charge lines of its items stand, less what was given back by the end of the period.
-- A refund counts on the day of the line it reverses, else on its own. doings: of the item of which most was used that day,
-- whole ones in the quantity of one doing, at least one: a kit of several items is one, two of a kind are two, and a drug in
-- changing doses is one a day.
with wanted as (
  select c.line_id, i.step_no, s.stay_id, c.item_code, i.per, c.quantity, c.charged_at, c.refund_of
  from charges c
  join pathway_stays s on s.stay_id = c.stay_id
  join step_items i on i.pathway = s.pathway and i.item_code = c.item_code
  where c.charged_at >= $read_from and c.charged_at < $end_at
),
used as (
  select w.step_no, w.stay_id, w.item_code, cast(coalesce(o.charged_at, w.charged_at) as date) as day,
    sum(w.quantity) / max(w.per) as doings,
    min(case when w.quantity > 0 then w.charged_at end) as first_at, max(case when w.quantity > 0 then w.charged_at end) as last_at
  from wanted w
  left join wanted o on o.line_id = w.refund_of and o.step_no = w.step_no and o.stay_id = w.stay_id
  group by w.step_no, w.stay_id, w.item_code, cast(coalesce(o.charged_at, w.charged_at) as date)
  having sum(w.quantity) > 0
)
select step_no, stay_id, day, cast(floor(max(greatest(1, doings))) as bigint) as doings,
  min(first_at) as first_at, max(last_at) as last_at
from used where first_at is not null
group by step_no, stay_id, day
