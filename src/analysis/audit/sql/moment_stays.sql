-- Grain: one stay as it was known at $end_at, of patients in house then: no later discharge, settlement or money.
with there as (
  select stay_id, patient_id from stays
  where admitted_at < $end_at and (discharged_at is null or discharged_at >= $end_at)
),
known as (
  select s.*, s.discharged_at < $end_at as gone
  from stays s
  where s.admitted_at < $end_at
    and (s.stay_id in (select stay_id from there) or s.patient_id in (select patient_id from there where patient_id is not null))
)
select * exclude (gone) replace (
  case when gone then discharged_at end as discharged_at, case when gone then disposition end as disposition,
  case when gone then charge_total end as charge_total, case when gone then claimed end as claimed,
  case when gone then fund_paid end as fund_paid, case when gone then self_paid end as self_paid,
  case when gone then out_of_catalogue end as out_of_catalogue, case when gone then settled_on end as settled_on)
from known
