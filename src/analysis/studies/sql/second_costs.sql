-- Grain: one stay. Its cost by the second method: bottom-up where there is one, else cost-to-income.
with chosen as (
  select min(method) as method from case_costs where method in ('bottom_up', 'cost_to_income')
)
select c.stay_id, sum(c.amount) as cost
from case_costs c join chosen k on k.method = c.method
group by c.stay_id
