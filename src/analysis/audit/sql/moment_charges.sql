-- Grain: one line charged before $end_at, of a patient in house then.
select c.* from charges c
where c.stay_id in (
    select s.stay_id from stays s
    where s.patient_id in (
        select patient_id from stays
        where admitted_at < $end_at and (discharged_at is null or discharged_at >= $end_at) and patient_id is not null)
      or (s.admitted_at < $end_at and (s.discharged_at is null or s.discharged_at >= $end_at)))
  and c.charged_at < $end_at
