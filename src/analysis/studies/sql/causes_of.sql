-- Grain: one cause of the period, of all DRGs of the hospital that are explained.
select drg_code, baseline, view, level, parent, cause, subject, effect, owner, preventable, basis, months, cases, clusters,
  amount_per_case, amount_total, ci_low, ci_high, q_value, reliability, rank
from causes
where hospital_id = $hospital and period = $period
order by drg_code, baseline, view, level, parent, cause, subject, effect
