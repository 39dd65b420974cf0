-- Grain: one stay. Its cost by a second method, another than the one its case carries ($case_method): bottom-up where
-- there is one, else cost-to-income, else top-down.
with chosen as (
  select min(method) as method from case_costs
  where method in ('bottom_up', 'cost_to_income', 'top_down') and method <> $case_method
)
select c.stay_id, c.method, sum(c.amount) as cost
from case_costs c join chosen k on k.method = c.method
group by c.stay_id, c.method
