-- Grain: one diagnosis that stood in the record at $end_at; one without time of recording counts as known.
select d.* from diagnoses d
where d.stay_id in (select stay_id from moment_stays) and (d.recorded_at is null or d.recorded_at < $end_at)
