-- Grain: one procedure that had begun at $end_at; one without time counts once the patient is discharged.
select p.* from procedures p join moment_stays s on s.stay_id = p.stay_id
where p.started_at < $end_at or (p.started_at is null and s.discharged_at is not null)
