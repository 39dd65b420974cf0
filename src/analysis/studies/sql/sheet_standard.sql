-- Grain: one cost item of a DRG over the months of a span that have a standard cost: mean of its cases beside the
-- standard, both weighted by the month's cases with complete cost.
with months as (
  select period, cost_cases from drgs
  where hospital_id = $hospital and drg_code = $drg and period between $first and $last and standard_cost is not null
    and cost_cases > 0
),
standards as (
  select s.cost_item, min(s.basis) as basis, max(s.basis) as other_basis, sum(s.amount * m.cost_cases) as amount
  from standard_costs s join months m on m.period = s.period
  where s.hospital_id = $hospital and s.drg_code = $drg
  group by s.cost_item
),
actual as (
  unpivot (
    select sum(c.cost_personnel) as personnel, sum(c.cost_materials) as materials, sum(c.cost_drugs) as drugs,
      sum(c.cost_depreciation) as depreciation, sum(c.cost_amortisation) as amortisation,
      sum(c.cost_risk_fund) as risk_fund, sum(c.cost_other) as other
    from case_book c join months m on m.period = c.period
    where c.drg_code = $drg and c.cost_complete and c.cost_total is not null
  ) on personnel, materials, drugs, depreciation, amortisation, risk_fund, other into name cost_item value amount
),
counted as (select sum(cost_cases) as cases from months)
select a.cost_item, s.basis, s.other_basis, cast(a.amount / n.cases as double) as actual,
  cast(coalesce(s.amount, 0) / n.cases as double) as standard, n.cases
from actual a cross join counted n
left join standards s on s.cost_item = a.cost_item
where n.cases > 0
order by a.cost_item
