-- Grain: one stay x step that somebody may be excused from. excused: true where one of its excuses holds, false where none
-- does, empty where that cannot be told (no diagnosis at all, no value of the measurement, no second one that could have risen,
-- no length of stay). A measurement excuses that was once below or above its value, or rose so far above the first one.
with asked as (
  select s.stay_id, s.days, t.* from pathway_stays s join pathway_steps t on t.pathway = s.pathway where t.may_excuse
),
diagnosed as (
  select a.step_no, a.stay_id, count(d.code) as known, count(x.code) as found
  from asked a
  left join diagnoses d on d.stay_id = a.stay_id
  left join step_diagnoses x on x.step_no = a.step_no and starts_with(d.code, x.code)
  where a.by_diagnosis
  group by a.step_no, a.stay_id
),
measured as (
  select stay_id, name, count(*) as known, min(value) as lowest, max(value) as highest,
    max(value) - max(case when place = 1 then value end) as risen
  from (
    select stay_id, name, value,
      row_number() over (partition by stay_id, name order by measured_at nulls last, measurement_id) as place
    from measurements where value is not null and name in (select measurement from pathway_steps)
  )
  group by stay_id, name
),
answers as (
  select a.step_no, a.stay_id,
    case when not a.by_diagnosis then false when d.known = 0 then null else d.found > 0 end as by_diagnosis,
    case when a.measurement is null then false when m.known is null then null
      else coalesce(m.lowest < a.below, false) or coalesce(m.highest > a.above, false)
        or case when a.rise is null then false when m.risen >= a.rise then true when m.known < 2 then null else false end
      end as by_measurement,
    case when a.shorter_than is null then false else a.days < a.shorter_than end as by_stay
  from asked a
  left join diagnosed d on d.step_no = a.step_no and d.stay_id = a.stay_id
  left join measured m on m.stay_id = a.stay_id and m.name = a.measurement
)
select step_no, stay_id, by_diagnosis or by_measurement or by_stay as excused from answers
