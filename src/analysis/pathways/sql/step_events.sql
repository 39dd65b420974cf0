-- Grain: one step x stay x day with events of its activity. waiting_days: the longest of the day, from the request (admission,
-- where it was asked for before) to the start; empty where no request is known.
select t.step_no, s.stay_id, cast(e.started_at as date) as day, count(*) as doings,
  min(e.started_at) as first_at, max(e.started_at) as last_at,
  max(case when e.requested_at is not null and s.admitted_at is not null
    then cast(greatest(0, epoch(e.started_at) - epoch(greatest(e.requested_at, s.admitted_at))) as double) / 86400 end) as waiting_days
from events e
join pathway_stays s on s.stay_id = e.stay_id
join pathway_steps t on t.pathway = s.pathway and t.activity = e.activity
where e.started_at >= $read_from and e.started_at < $end_at
group by t.step_no, s.stay_id, cast(e.started_at as date)
