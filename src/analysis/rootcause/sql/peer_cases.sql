-- Grain: one other hospital x DRG with cases enough (complete cost, known payment) in the window.
select hospital_id, drg_code, count(*) as cases
from cases
where period >= $first and period <= $last and hospital_id <> $hospital and cost_complete and payment is not null and cost_total is not null
  and drg_code in (select unnest($drgs))
group by hospital_id, drg_code
having count(*) >= $least
order by hospital_id, drg_code
