-- Grain: one request made before $end_at, decided or still awaited then; one without time of request counts as made.
select a.* replace (
  case when a.decided_at is not null and a.decided_at >= $end_at then 'requested' else a.status end as status,
  case when a.decided_at < $end_at then a.decided_at end as decided_at)
from approvals a
where a.stay_id in (select stay_id from moment_stays) and (a.requested_at is null or a.requested_at < $end_at)
