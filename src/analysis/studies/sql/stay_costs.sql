-- Grain: one case with a cost, discharged from $first to $last.
select stay_id, cast(cost_total as double) as cost from case_book
where period >= $first and period <= $last and cost_total is not null
order by stay_id
