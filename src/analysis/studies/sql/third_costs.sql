-- Grain: one stay. Its cost by the method that is neither the one its case carries ($case_method) nor the second
-- (second_costs); no row where there are only two.
with chosen as (
  select max(method) as method from case_costs
  where method in ('bottom_up', 'cost_to_income', 'top_down') and method <> $case_method
  having count(distinct method) > 1
)
select c.stay_id, c.method, sum(c.amount) as cost
from case_costs c join chosen k on k.method = c.method
group by c.stay_id, c.method
