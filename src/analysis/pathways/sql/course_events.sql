-- Grain: one event of a stay on the pathway, of an activity that its course looks for; days since a Monday (1970-01-05).
-- asked: the request (admission, where it was asked for before; the start, where no request is known).
select e.stay_id, e.activity, e.resource,
  least(epoch(e.started_at), greatest(epoch(coalesce(e.requested_at, e.started_at)), epoch(s.admitted_at))) / 86400 - 4 as asked,
  epoch(e.started_at) / 86400 - 4 as began, epoch(e.ended_at) / 86400 - 4 as ended, e.requested_at is not null as requested
from events e
join pathway_stays p on p.stay_id = e.stay_id and p.pathway = $pathway
join stays s on s.stay_id = e.stay_id
join course_activities a on a.activity = e.activity
order by e.stay_id, e.started_at, e.event_id
