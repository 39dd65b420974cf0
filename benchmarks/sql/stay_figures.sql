-- Grain: one method x stay discharged with all of its lines and costs in the year. Cost by the method and in truth.
select c.method, s.stay_id, k.drg_code, k.department, cast(k.payment as double) as income, s.cost as true_cost,
  cast(sum(c.amount) as double) as found_cost
from true_stay_costs s
join cases k on k.stay_id = s.stay_id
join case_costs c on c.stay_id = s.stay_id
where s.whole and k.cost_complete and k.payment is not null and k.drg_code is not null
group by c.method, s.stay_id, k.drg_code, k.department, k.payment, s.cost
order by c.method, s.stay_id
