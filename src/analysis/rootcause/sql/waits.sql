-- Grain: one event of the period, or of the months before, that a stay in house waited for: by a reason of $reasons (any
-- where there is none), at least $least_hours from its request (admission, where it was asked for before) to its start.
-- in_period: it began in the period. The only reading of the events.
select e.event_id, e.stay_id, s.hospital_id, coalesce(e.resource, e.activity) as reason,
  greatest(e.requested_at, s.admitted_at) as from_at, e.started_at as to_at, e.started_at >= $start_at as in_period
from events e
join stays s on s.stay_id = e.stay_id
where e.requested_at is not null and s.admitted_at is not null and e.started_at < $end_at
  and (s.discharged_at is null or (e.started_at <= s.discharged_at and s.discharged_at >= $start_at))
  and epoch(e.started_at) - epoch(greatest(e.requested_at, s.admitted_at)) >= $least_hours * 3600
  and ($any_reason or coalesce(e.resource, e.activity) in (select reason from wait_reasons))
