-- Grain: one stay x step of its pathway, judged.
-- expected: false where the stay is excused, or the optional step that it follows was not done; empty where that cannot be told.
-- day: of the stay, 1 = admission, on which it was first done (the count of doings asked for begins there). in_time: not after
-- its last day nor its hours; empty where a time is missing. early: before its first day.
-- status: empty where nothing can be held for or against it: not expected, or not asked for and not done.
with dated as (
  select f.*, t.need, t.cause, t.resource, t.place, coalesce(t.least, 1) as least, t.most, t.within_hours, t.day_from, t.day_to,
    date_diff('day', cast(f.admitted_at as date), cast(f.first_at as date)) + 1 as day,
    date_diff('day', cast(f.admitted_at as date), cast(f.discharged_at as date)) + 2 as after_last,
    case when x.excused then false
      when t.after_no is not null and f.anchor_at is null and n.need <> 'required' then false
      when t.may_excuse then not x.excused else true end as expected
  from step_facts f
  join pathway_steps t on t.step_no = f.step_no
  left join pathway_steps n on n.step_no = t.after_no
  left join step_excuses x on x.step_no = f.step_no and x.stay_id = f.stay_id
),
timed as (
  select *,
    case when first_at is null then null when day_to is null then true
      else day <= case when day_to > 0 then day_to else after_last + day_to end end as by_day,
    case when first_at is null then null when within_hours is null then true
      else epoch(first_at) - epoch(anchor_at) <= within_hours * 3600 end as by_hour,
    day < case when day_from > 0 then day_from else after_last + day_from end as early
  from dated
)
select pathway, stay_id, hospital_id, department, admitted_at, discharged_at, step_no, step, place, need, resource, expected,
  doings, first_at, day, early, by_day and by_hour as in_time, waiting_days, cause,
  case when not coalesce(expected, false) then null
    when need = 'forbidden' then case when doings > 0 then 'forbidden' end
    when need = 'required' and doings < least then 'omitted'
    when doings = 0 then null
    when doings > most then 'repeated'
    when not (by_day and by_hour) then 'late'
    else 'done' end as status
from timed
