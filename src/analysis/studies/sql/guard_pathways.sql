-- Grain: the hospital: part of the judged pathway steps that were done as planned (not late, left out, repeated or
-- forbidden), in the period, a year before, and pooled over two spans; empty where none was judged.
select
  avg(cast(a.status = 'done' as integer)) filter (where a.period = $period) as now,
  avg(cast(a.status = 'done' as integer)) filter (where a.period = $year_before) as year_before,
  avg(cast(a.status = 'done' as integer)) filter (where a.period between $first and $last) as span,
  avg(cast(a.status = 'done' as integer)) filter (where a.period between $before_first and $before_last) as before
from adherence a
join cases c on c.period = a.period and c.stay_id = a.stay_id
where c.hospital_id = $hospital
