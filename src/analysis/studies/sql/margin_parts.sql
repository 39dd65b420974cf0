-- Grain: one row. What the margin of a span consists of: the cases with income and complete cost, their weight, income and
-- cost, and what was denied in the span.
select count(*) as all_cases, count(margin_cost) as cases,
  coalesce(sum(weight) filter (where margin_cost is not null), 0) as weight,
  coalesce(cast(sum(payment) filter (where margin_cost is not null) as double), 0) as income,
  coalesce(cast(sum(cost_total) filter (where margin_cost is not null) as double), 0) as cost,
  (select coalesce(cast(sum(amount) as double), 0) from denied
    where hospital_id = $hospital and period between $first and $last) as denied
from case_book
where period between $first and $last
