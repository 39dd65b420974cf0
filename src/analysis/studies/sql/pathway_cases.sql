-- Grain: one case of a pathway, wholly within the months read: admitted in or after the first, cost complete, payment known.
-- By the closed adherence of $pathway where it has any stay; else by what a case tells of the entry: DRG, principal
-- diagnosis and severity (beginnings of codes; an empty list asks for nothing).
with on_it as (
  select distinct stay_id from adherence where pathway = $pathway
),
asked as (
  select unnest(cast($drgs as varchar[])) as drg_code, null as diagnosis, null as severity union all
  select null, unnest(cast($diagnoses as varchar[])), null union all
  select null, null, unnest(cast($severities as varchar[]))
),
fitting as (
  select stay_id from cases c
  where (len($drgs) = 0 or exists (select 1 from asked a where starts_with(c.drg_code, a.drg_code)))
    and (len($diagnoses) = 0 or exists (select 1 from asked a where starts_with(c.principal_diagnosis, a.diagnosis)))
    and (len($severities) = 0 or exists (select 1 from asked a where c.severity = a.severity))
)
select stay_id, hospital_id, drg_code, payment, cost_total, length_of_stay
from cases
where cost_complete and payment is not null and admitted_at >= cast($first_day as timestamp)
  and stay_id in (
    select stay_id from on_it
    union all
    select stay_id from fitting where not exists (select 1 from on_it))
order by stay_id
