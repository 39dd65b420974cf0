-- Grain: one stay discharged in the period: clinical facts, charges, cost, income and both margins.
-- margin_cost: payment - full cost, where the cost is complete (denials stand apart, in their own month).
with denied as (
  select stay_id, sum(amount) as amount from denials
  where stay_id is not null and denied_on < cast($end_at as date) group by stay_id
)
select b.* exclude (planned, settled_on, settled_charge),
  d.code as principal_diagnosis, p.code as principal_procedure,
  m.weight, m.standard, m.outlier, m.payment, m.margin_payment,
  case when $has_denials then coalesce(x.amount, 0) end as denied,
  case when b.cost_complete then m.payment - b.cost_total end as margin_cost,
  coalesce(o.died, b.disposition = 'died') as died, o.complication, o.infection, o.cured, o.improved, o.satisfaction, r.readmitted_30d
from case_base b
join case_payments m on m.stay_id = b.stay_id
left join readmissions r on r.stay_id = b.stay_id
left join diagnoses d on d.stay_id = b.stay_id and d.position = 1
left join procedures p on p.stay_id = b.stay_id and p.position = 1
left join outcomes o on o.stay_id = b.stay_id
left join denied x on x.stay_id = b.stay_id
