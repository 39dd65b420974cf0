-- Grain: one department of the discharged cases of a span.
-- per_weight: full cost of grouped cases with complete cost / their weight; peer: what the same cases would cost at the
-- regional mean cost of their DRGs; contribution: income - variable cost.
-- graded, costs_2, cost_weights, weights_2: number of the graded cases, sums of their squared costs, products and weights.
select department, count(*) as cases,
  count(*) filter (where cost_complete and weight is not null) as graded,
  sum(cast(cost_total as double) ** 2) filter (where cost_complete and weight is not null) as costs_2,
  sum(cast(cost_total as double) * weight) filter (where cost_complete and weight is not null) as cost_weights,
  sum(cast(weight as double) ** 2) filter (where cost_complete and weight is not null) as weights_2,
  sum(weight) filter (where cost_complete) as weight,
  cast(sum(cost_total) filter (where cost_complete and weight is not null) as double) as graded_cost,
  cast(sum(benchmark_cost) filter (where weight is not null) as double) / nullif(sum(weight) filter (where benchmark_cost is not null), 0)
    as peer_per_weight,
  cast(sum(payment) filter (where cost_complete) as double) as income,
  cast(sum(cost_total) filter (where cost_complete and payment is not null) as double) as case_cost,
  cast(sum(margin_cost) as double) as margin,
  cast(sum(payment - variable_cost) filter (where cost_complete) as double) as contribution
from case_book
where period between $first and $last and department is not null
group by department
order by department
