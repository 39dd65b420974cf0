-- Grain: one DRG of the hospital's cases of a span with complete cost: means of a case, by cost item. Department x DRG
-- cells that must not be told are left out (drg_plan).
select c.drg_code, count(*) as cases, avg(c.length_of_stay) as days,
  cast(avg(c.cost_personnel) as double) as personnel, cast(avg(c.cost_materials) as double) as materials,
  cast(avg(c.cost_drugs) as double) as drugs, cast(avg(c.cost_depreciation) as double) as depreciation,
  cast(avg(c.cost_amortisation) as double) as amortisation, cast(avg(c.cost_risk_fund) as double) as risk_fund,
  cast(avg(c.cost_other) as double) as other, cast(avg(c.cost_total) as double) as total,
  cast(sum(c.cost_total) as double) as cost_all, cast(avg(c.payment) as double) as income
from case_book c
join drg_plan p on p.department is not distinct from c.department and p.drg_code is not distinct from c.drg_code
where c.period between $first and $last and p.counted and c.cost_complete and c.cost_total is not null
group by c.drg_code
order by cost_all desc, c.drg_code
