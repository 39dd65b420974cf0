-- Grain: one case of the hospital discharged from $first to $last, with what quality, cost and payment rules look at.
-- readmitted: completed from later periods (case_book). benchmark_days: regional mean stay of its DRG and severity in
-- its period. patient_id: to tell readmissions; never shown.
select c.stay_id, c.period, c.patient_id, c.department, c.drg_code, c.severity, c.drg_status, c.outlier, c.disposition,
  c.admitted_at, c.discharged_at, c.length_of_stay, c.weight,
  cast(c.standard as double) as standard, cast(c.payment as double) as payment,
  cast(c.margin_payment as double) as margin_payment, cast(c.claimed as double) as claimed,
  cast(c.charge_total as double) as charge_total, cast(c.charge_consumable as double) as charge_consumable,
  cast(c.cost_total as double) as cost_total, c.cost_complete, c.complication, c.cured, c.improved, c.died,
  b.readmitted, coalesce(s.benchmark_days, a.benchmark_days) as benchmark_days
from cases c
join case_book b on b.stay_id = c.stay_id and b.period = c.period
left join standards s on s.period = c.period and s.hospital_id = c.hospital_id and s.drg_code = c.drg_code
  and s.severity = c.severity
left join standards a on a.period = c.period and a.hospital_id = c.hospital_id and a.drg_code = c.drg_code
  and a.severity = '*'
where c.hospital_id = $hospital and c.period between $first and $last
order by c.stay_id
