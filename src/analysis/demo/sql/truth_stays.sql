-- One row a stay that a story adds, takes away or changes in group, days, money or outcome; NAME: with the story,
-- NAME_without: without it. days: nights; charge in the hospital's currency, null while in house.
with
    told as (
        select stays.*, outcomes.complication, outcomes.infection, outcomes.died
        from stays left join outcomes using (stay_id)
    ),
    untold as (
        select stays_without.*, outcomes_without.complication, outcomes_without.infection, outcomes_without.died
        from stays_without left join outcomes_without using (stay_id)
    )
select
    stay_id,
    case
        when o.patient_id is null then 'added'
        when w.patient_id is null then 'taken_away'
        else 'changed'
    end as difference,
    coalesce(w.department, o.department) as department,
    coalesce(w.physician_id, o.physician_id) as physician_id,
    strftime(coalesce(w.admitted_at, o.admitted_at), '%Y-%m') as month,
    w.drg_code,
    o.drg_code as drg_code_without,
    date_diff('day', cast(w.admitted_at as date), cast(w.discharged_at as date)) as days,
    date_diff('day', cast(o.admitted_at as date), cast(o.discharged_at as date)) as days_without,
    w.charge_total as charge,
    o.charge_total as charge_without,
    w.complication,
    o.complication as complication_without,
    w.infection,
    o.infection as infection_without,
    w.died,
    o.died as died_without
from told as w
full join untold as o using (stay_id)
where w.patient_id is null
   or o.patient_id is null
   or w.drg_code is distinct from o.drg_code
   or w.discharged_at is distinct from o.discharged_at
   or w.charge_total is distinct from o.charge_total
   or w.complication is distinct from o.complication
   or w.infection is distinct from o.infection
   or w.died is distinct from o.died
order by stay_id
