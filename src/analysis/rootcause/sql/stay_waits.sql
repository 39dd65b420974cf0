-- Grain: one stay x reason. Days waited for what began in the period. A moment in which a stay waits for several things
-- belongs to the one that begins last; what an earlier period had counted stays there.
-- own: a wait less those that end later: these all reach to its end, so what is left ends where the first of them begins.
with own as (
  select event_id, stay_id, hospital_id, reason, in_period, epoch(from_at) as begins,
    least(epoch(to_at), coalesce(min(epoch(from_at)) over (
      partition by stay_id, in_period order by to_at desc, from_at, reason, event_id
      rows between unbounded preceding and 1 preceding), epoch(to_at))) as ends
  from waits
),
counted as (
  select n.event_id, sum(least(n.ends, e.ends) - greatest(n.begins, e.begins)) as seconds
  from own n join own e on e.stay_id = n.stay_id and not e.in_period and e.begins < n.ends and e.ends > n.begins
  where n.in_period and n.ends > n.begins and e.ends > e.begins
  group by n.event_id
)
select o.stay_id, o.hospital_id, o.reason, count(*) as waits,
  sum(cast(greatest(o.ends - o.begins, 0) - coalesce(c.seconds, 0) as decimal(18, 3))) / 86400 as days
from own o left join counted c on c.event_id = o.event_id
where o.in_period
group by o.stay_id, o.hospital_id, o.reason
having sum(greatest(o.ends - o.begins, 0) - coalesce(c.seconds, 0)) > 0
