-- Grain: one DRG x severity of one hospital. The payment of a normal case in the year of the period.
-- standard: weight x rate x institution coefficient, or the published amount x coefficient.
select m.hospital_id, p.drg_code, p.severity, p.weight,
  cast(round(m.coefficient * case when $basis = 'published' then cast(p.payment as double) else p.weight * $rate end, 2)
    as decimal(18, 2)) as standard,
  $basis as basis, cast(null as bigint) as peer_cases, cast(null as bigint) as peer_hospitals,
  p.benchmark_charge, p.benchmark_days, p.benchmark_cost, p.low_risk
from payment_standards p cross join members m
where p.year = $year
