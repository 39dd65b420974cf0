-- Grain: one row. Cost of a span that reached no patient or no clinical centre, by the cases' method; no_patients: of it,
-- cost of wards without patients, which no case bears.
select coalesce(cast(sum(amount) as double), 0) as amount,
  coalesce(cast(sum(amount) filter (where reason = 'no_patients') as double), 0) as no_patients
from unallocated
where hospital_id = $hospital and period between $first and $last and method in ('all', $case_method)
