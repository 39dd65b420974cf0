-- Grain: one event of a stay that used one of the resources asked for; days since a Monday (1970-01-05).
-- own: of a stay on the pathway.
select e.resource, e.stay_id, least(epoch(e.started_at), greatest(epoch(e.requested_at), epoch(s.admitted_at))) / 86400 - 4 as asked,
  epoch(e.started_at) / 86400 - 4 as began, epoch(coalesce(e.ended_at, e.started_at)) / 86400 - 4 as ended,
  epoch(s.discharged_at) / 86400 - 4 as discharged, p.stay_id is not null as own
from events e
join course_resources r on r.resource = e.resource
join stays s on s.stay_id = e.stay_id
left join (select distinct stay_id from pathway_stays where pathway = $pathway) p on p.stay_id = e.stay_id
where e.requested_at is not null and s.admitted_at is not null and e.started_at >= $start_at and e.started_at < $end_at
order by e.resource, e.started_at, e.event_id
