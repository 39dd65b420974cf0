-- Grain: one case of a DRG of a span with complete cost.
select c.period, c.department, k.principal_procedure as procedure, k.physician_id, c.length_of_stay as days,
  cast(c.cost_total as double) as cost, cast(c.cost_drugs as double) as drugs, cast(c.cost_materials as double) as materials,
  cast(c.payment as double) as payment, cast(c.margin_cost as double) as margin
from case_book c
join cases k on k.stay_id = c.stay_id and k.period = c.period
where c.drg_code = $drg and c.period between $first and $last and c.cost_complete and c.cost_total is not null
order by c.cost_total, c.stay_id
