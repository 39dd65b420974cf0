-- One row a stay: what it truly cost in the months of the data, in yuan.
-- goods: own drugs, charged materials and blood at purchase price; services: at their unit cost with idle time; beds:
-- bed-days at what one costs in the ward; whole: admitted and discharged in these months.
with done as (
    select p.stay_id,
        sum(p.amount) filter (where p.kind in ('drug', 'consumable', 'blood')) as goods,
        sum(p.quantity * (case when p.minutes > 0 then p.minutes * t.worked else 0 end + p.material * t.standard))
            filter (where p.minutes is not null) as services
    from truth_performed as p
    join truth_rates as t on t.month = p.month and t.cost_centre = p.cost_centre
    group by p.stay_id
),
places as (
    select f.stay_id, f.cost_centre, cast(f.from_time as date) as day,
        cast(least(coalesce(f.to_time, cast($end_at as timestamp)), cast($end_at as timestamp)) as date) as until,
        row_number() over (partition by f.stay_id order by f.from_time desc) as backwards, s.admitted_at, s.discharged_at
    from transfers as f join stays as s using (stay_id)
),
nights as (
    select stay_id, cost_centre, unnest(generate_series(day, cast(until - interval 1 day as date), interval 1 day)) as night
    from places
    union all
    select stay_id, cost_centre, day from places
    where backwards = 1 and cast(admitted_at as date) = cast(discharged_at as date)
),
lain as (
    select n.stay_id, sum(t.bed_day) as beds, count(*) as bed_days
    from nights as n
    join truth_rates as t on t.month = strftime(n.night, '%Y-%m') and t.cost_centre = n.cost_centre
    group by n.stay_id
)
select s.stay_id, s.drg_code, s.department, coalesce(d.goods, 0) as goods, coalesce(d.services, 0) as services,
    coalesce(l.beds, 0) as beds, coalesce(d.goods, 0) + coalesce(d.services, 0) + coalesce(l.beds, 0) as cost,
    coalesce(l.bed_days, 0) as bed_days, s.admitted_at >= $start_at and s.discharged_at < $end_at as whole
from stays as s
left join done as d using (stay_id)
left join lain as l using (stay_id)
order by s.stay_id
