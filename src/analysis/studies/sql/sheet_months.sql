-- Grain: one row. One DRG over a span, from the closed DRGs of its months: sums, and standard cost weighted by the cases
-- whose cost is complete.
select sum(cases) as cases, sum(bed_days) as bed_days, sum(cost_cases) as cost_cases,
  cast(sum(charge_total) as double) as charge, cast(sum(payment_total) as double) as payment,
  cast(sum(cost_total) as double) as cost, cast(sum(fixed_cost) as double) as fixed_cost,
  cast(sum(variable_cost) as double) as variable_cost, cast(sum(contribution_total) as double) as contribution,
  cast(sum(margin_cost_total) as double) as margin, cast(sum(margin_payment_total) as double) as margin_payment,
  cast(sum(standard_cost * cost_cases) as double) / nullif(sum(cost_cases) filter (where standard_cost is not null), 0)
    as standard_cost,
  sum(weight_total) / nullif(sum(cases), 0) as weight
from drgs
where hospital_id = $hospital and drg_code = $drg and period between $first and $last
