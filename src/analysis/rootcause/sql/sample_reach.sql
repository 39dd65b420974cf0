-- Grain: one row. First month in which a case of the DRGs asked for was in house.
select strftime(min(admitted_at), '%Y-%m') as first
from cases
where period >= $first and period <= $last and hospital_id = $hospital and cost_complete and payment is not null
  and cost_total is not null and drg_code in (select unnest($drgs))
