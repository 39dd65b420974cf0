-- Grain: one department of the cases of a span: cost per weight unit, readmissions and complications with their counts.
select department, count(*) as cases,
  cast(sum(cost_total) filter (where cost_complete and weight is not null) as double)
    / nullif(sum(weight) filter (where cost_complete), 0) as per_weight,
  count(*) filter (where readmitted) as returned, count(readmitted) as followed,
  count(*) filter (where complication) as complicated, count(complication) as observed
from case_book
where period between $first and $last and department is not null
group by department
order by department
