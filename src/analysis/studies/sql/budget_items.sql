-- Grain: one cost item of the hospital. Its budget and what was spent, over the periods of a span that have a budget.
select cost_item, cast(sum(budget) as double) as budget, cast(sum(actual) as double) as actual
from budget_use
where hospital_id = $hospital and scope = 'hospital' and subject = $hospital and period between $first and $last
group by cost_item
order by cost_item
