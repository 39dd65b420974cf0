-- Grain: one DRG x cost item of one hospital: the pathway where it is whole, else the history.
-- cases: normal, complete cases of the year before behind a history; amount: of one case, to the fen.
with past as (
  select hospital_id, drg_code, cost_personnel, cost_materials, cost_drugs, cost_depreciation, cost_amortisation,
    cost_risk_fund, cost_other
  from past_cases
  where outlier = 'normal' and cost_complete and drg_code is not null and cost_personnel is not null
),
enough as (
  select hospital_id, drg_code, count(*) as cases from past group by hospital_id, drg_code having count(*) >= $min_cases
),
history as (
  select p.hospital_id, p.drg_code, p.cost_item, e.cases,
    cast(round(cast(sum(p.amount) as double) / e.cases, 2) as decimal(18, 2)) as amount
  from (
    select hospital_id, drg_code, cost_item, amount from past
    unpivot (amount for cost_item in (cost_personnel as 'personnel', cost_materials as 'materials', cost_drugs as 'drugs',
      cost_depreciation as 'depreciation', cost_amortisation as 'amortisation', cost_risk_fund as 'risk_fund',
      cost_other as 'other'))
  ) p
  join enough e on e.hospital_id = p.hospital_id and e.drg_code = p.drg_code
  group by p.hospital_id, p.drg_code, p.cost_item, e.cases
),
whole as (
  select * from standard_pathways p
  where not exists (select 1 from standard_gaps g where g.hospital_id = p.hospital_id and g.drg_code = p.drg_code)
)
select hospital_id, drg_code, cost_item, 'pathway' as basis, cast(null as bigint) as cases, amount from whole
union all
select h.hospital_id, h.drg_code, h.cost_item, 'history', h.cases, h.amount from history h
where not exists (select 1 from whole w where w.hospital_id = h.hospital_id and w.drg_code = h.drg_code)
