-- What the subset promises to be the same on both engines, tried on the events of a small hospital.

-- months and hours as text and as times
select date_trunc('month', started_at) as month, strftime(started_at, '%Y-%m-%d %H') as hour, count(*) as n,
  count(*) filter (where resource is null) as without, min(started_at) as first
from events group by all;

-- seconds between times
select event_id, epoch(ended_at) - epoch(started_at) as seconds from events;

-- days between dates, and values given as parameters
select event_id, cast(started_at as date) as day, date_diff('day', date '2022-01-01', cast(started_at as date)) as days
from events where started_at >= $start_at and started_at < $end_at;

-- parts of a time, and the weekday counted from a Monday
select event_id, extract(hour from started_at) as hour,
  date_diff('day', date '2001-01-01', cast(started_at as date)) % 7 as weekday
from events;

-- a date or a time moved by an interval, with its type
select event_id, cast(started_at + interval 30 day as date) as due, cast(started_at as timestamp) - interval 6 hour as before
from events;

-- a path as text
select stay_id, string_agg(activity, '>' order by started_at, event_id) as path from events group by stay_id;

-- the last of a group, any of it
select stay_id, max_by(event_id, started_at) as last, bool_or(resource is null) as without from events group by stay_id
having count(*) = count(distinct started_at);

-- neighbours and places in a total order, empty values last
select event_id, lag(started_at) over (partition by stay_id order by started_at, event_id) as before,
  row_number() over (partition by stay_id order by resource desc, event_id) as place
from events qualify row_number() over (partition by stay_id order by started_at, event_id) <= 3;

-- events within six hours
select event_id, count(*) over (partition by stay_id order by started_at
  range between interval 6 hour preceding and current row) as near
from events;

-- a running sum
select event_id, sum(epoch(ended_at) - epoch(started_at)) over (partition by stay_id order by started_at, event_id
  rows between unbounded preceding and current row) as seconds
from events;

-- subtotals
select stay_id, activity, count(*) as n from events group by rollup (stay_id, activity);

-- statistics
select activity, median(epoch(started_at)) as middle, stddev_samp(epoch(ended_at) - epoch(started_at)) as spread,
  corr(epoch(started_at), epoch(ended_at)) as correlation
from events group by activity having count(*) > 2;

-- ranks
select event_id, percent_rank() over (order by started_at, event_id) as share, ntile(4) over (order by event_id) as quarter
from events;

-- semi, left and anti joins, EXISTS
select e.event_id, s.department from events e semi join stays x on x.stay_id = e.stay_id
left join stays s on s.stay_id = e.stay_id and s.sex = 'f';

select e.event_id from events e anti join items i on i.item_code = e.activity
where not exists (select 1 from stays s where s.stay_id = e.stay_id and s.admitted_at > e.started_at);

-- a full join on a range
select e.event_id, t.cost_centre from events e
full join transfers t on t.stay_id = e.stay_id and e.started_at >= t.from_time and e.started_at < t.to_time;

-- a list as parameter
select event_id from events where resource not in (select unnest($names));

-- all columns but one
select * exclude (ended_at) from events;

-- hashes
select event_id, md5(event_id) as a, sha256(event_id) as b from events;

-- whole numbers, halves and decimals
select count(*) // 2 as half, -7 % 3 as rest, round(2.5) as up, cast(round(count(*) / 7) as bigint) as whole,
  count(*) / 7 as fraction, sum(cast(1.5 as decimal(18, 2)) * cast(2.25 as decimal(18, 4))) as product
from events;

-- the first in an order with empty values
select event_id from events order by resource, event_id limit 5;

-- columns without a name
select count(*), max("event_id") from events;
