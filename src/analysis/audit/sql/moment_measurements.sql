-- Grain: one value measured before $end_at; one without time counts as known.
select m.* from measurements m
where m.stay_id in (select stay_id from moment_stays) and (m.measured_at is null or m.measured_at < $end_at)
