-- Grain: one stay x step of its pathway, done or not.
-- anchor_at: when the step began that it must follow (its admission). What was done before that does not count, but before an
-- admission it does. Neither counts what was done before the first expected day, unless a required step was done only then; and
-- what is forbidden on some days counts on these alone. doings: by charge lines where there are any, else by events; first_at:
-- by either. waiting_days: the longest of the stay.
with times as (
  select step_no, stay_id, day, doings as charged, cast(0 as bigint) as seen, first_at, last_at, cast(null as double) as waiting_days
  from step_charges
  union all
  select step_no, stay_id, day, cast(0 as bigint) as charged, doings as seen, first_at, last_at, waiting_days from step_events
),
begun as (
  select step_no, stay_id, min(first_at) as first_at, max(waiting_days) as waiting_days from times group by step_no, stay_id
),
asked as (
  select s.pathway, s.stay_id, s.hospital_id, s.department, s.admitted_at, s.discharged_at, t.step_no, t.step, t.need, t.after_no,
    t.day_from, t.day_to, case when t.after_no is null then s.admitted_at else a.first_at end as anchor_at, b.waiting_days
  from pathway_stays s
  join pathway_steps t on t.pathway = s.pathway
  left join begun a on a.step_no = t.after_no and a.stay_id = s.stay_id
  left join begun b on b.step_no = t.step_no and b.stay_id = s.stay_id
),
placed as (
  select a.*, m.charged, m.seen,
    case when a.after_no is null or a.anchor_at is null or m.first_at >= a.anchor_at then m.first_at else m.last_at end as first_at,
    case when a.day_from is null then true
      when a.day_from > 0 then date_diff('day', cast(a.admitted_at as date), cast(m.day as date)) + 1 >= a.day_from
      else date_diff('day', cast(a.discharged_at as date), cast(m.day as date)) - 1 >= a.day_from end as begun,
    case when a.day_to is null then true
      when a.day_to > 0 then date_diff('day', cast(a.admitted_at as date), cast(m.day as date)) + 1 <= a.day_to
      else date_diff('day', cast(a.discharged_at as date), cast(m.day as date)) - 1 <= a.day_to end as not_past
  from asked a
  left join times m on m.step_no = a.step_no and m.stay_id = a.stay_id
    and (a.after_no is null or a.anchor_at is null or m.last_at >= a.anchor_at)
),
flagged as (
  select *, case when need = 'forbidden' then coalesce(begun and not_past, false) else coalesce(begun, true) end as inside
  from placed
),
counted as (
  select pathway, stay_id, hospital_id, department, admitted_at, discharged_at, step_no, step, need, anchor_at,
    max(waiting_days) as waiting_days, sum(case when inside then charged else 0 end) as charged,
    sum(case when inside then seen else 0 end) as seen, min(case when inside then first_at end) as first_at,
    sum(charged) as charged_ever, sum(seen) as seen_ever, min(first_at) as first_ever
  from flagged
  group by pathway, stay_id, hospital_id, department, admitted_at, discharged_at, step_no, step, need, anchor_at
)
select pathway, stay_id, hospital_id, department, admitted_at, discharged_at, step_no, step, anchor_at, waiting_days,
  case when first_at is null and need = 'required' then first_ever else first_at end as first_at,
  cast(case when charged > 0 then charged when seen > 0 then seen when need <> 'required' then 0
    when charged_ever > 0 then charged_ever else coalesce(seen_ever, 0) end as decimal(18, 0)) as doings
from counted
