-- Grain: one discharged case. Its standard, outlier class, income and payment margin under the pack.
-- payment: fund and patient together: the standard; what was charged for low outliers, cases not grouped and payers
-- outside DRG; standard + (charges - high x standard) for high outliers; empty where a group has no standard.
-- margin_payment: payment - charges; empty where the pack says that charges are not comparable.
with priced as (
  select b.stay_id, b.drg_code, b.charge_total, coalesce(b.payer in (select payer from outside_drg), false) as outside,
    coalesce(e.weight, a.weight) as weight, coalesce(e.standard, a.standard) as standard,
    coalesce(e.benchmark_charge, a.benchmark_charge) as benchmark_charge,
    coalesce(e.benchmark_days, a.benchmark_days) as benchmark_days,
    coalesce(e.benchmark_cost, a.benchmark_cost) as benchmark_cost,
    coalesce(e.low_risk, a.low_risk) as low_risk,
    case h.level when 'tertiary' then cast($high_tertiary as double) when 'secondary' then cast($high_secondary as double)
      when 'primary' then cast($high_primary as double) else cast($high_other as double) end as high
  from case_base b
  join members h on h.hospital_id = b.hospital_id
  left join standards e on e.hospital_id = b.hospital_id and e.drg_code = b.drg_code and e.severity = b.severity
  left join standards a on a.hospital_id = b.hospital_id and a.drg_code = b.drg_code and a.severity = '*'
),
classed as (
  select * replace (case when not outside then standard end as standard), case
    when outside then 'outside'
    when drg_code is null then 'ungrouped'
    when standard is null then 'no_standard'
    when charge_total < cast($low as double) * standard then 'low'
    when charge_total > high * standard then 'high'
    else 'normal' end as outlier
  from priced
),
paid as (
  select *, case outlier
    when 'normal' then standard
    when 'high' then cast(round(cast(standard as double) + cast(charge_total as double) - high * cast(standard as double), 2) as decimal(18, 2))
    when 'no_standard' then null
    else charge_total end as payment
  from classed
)
select stay_id, weight, standard, outlier, payment, benchmark_charge, benchmark_days, benchmark_cost, low_risk,
  case when $charges_comparable then payment - charge_total end as margin_payment
from paid
