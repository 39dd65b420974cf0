-- Grain: one case of the hospital discharged in any of the closed periods.
-- readmitted: completed from the stays of later periods; empty where the patient is unknown and in periods after
-- $known_until, of which 30 days have not passed: who came back early is known early.
-- benchmark_cost, low_risk: of its DRG and severity in its period; standard_cost, standard_basis: of its DRG in its
-- period.
-- variable_cost: its cost without the items in $fixed; empty where cost is not known by item.
with returns as (
  select c.stay_id, min(d.admitted_at) as admitted_at
  from cases c
  join patient_days d on d.patient_id = c.patient_id and d.hospital_id = c.hospital_id and d.stay_id <> c.stay_id
    and d.admitted_at >= c.discharged_at and coalesce(d.planned, false) = false
    and coalesce(d.transferred_in, false) = false
  where c.hospital_id = $hospital
  group by c.stay_id
),
priced as (
  select c.*,
    coalesce(s.benchmark_cost, a.benchmark_cost) as benchmark_cost,
    coalesce(s.low_risk, a.low_risk) as low_risk
  from cases c
  left join standards s on s.period = c.period and s.hospital_id = c.hospital_id and s.drg_code = c.drg_code
    and s.severity = c.severity
  left join standards a on a.period = c.period and a.hospital_id = c.hospital_id and a.drg_code = c.drg_code
    and a.severity = '*'
  where c.hospital_id = $hospital
)
select p.period, p.stay_id, p.department, p.drg_code, p.severity, p.length_of_stay, p.charge_total, p.cost_total,
  p.cost_personnel, p.cost_materials, p.cost_drugs, p.cost_depreciation, p.cost_amortisation, p.cost_risk_fund,
  p.cost_other, p.cost_complete, p.weight, p.standard, p.outlier, p.self_paid, p.payment, p.margin_payment,
  p.margin_cost, p.died, p.complication, p.benchmark_cost, p.low_risk, d.standard_cost, b.basis as standard_basis,
  case when list_contains($fixed, 'personnel') then 0 else p.cost_personnel end
    + case when list_contains($fixed, 'materials') then 0 else p.cost_materials end
    + case when list_contains($fixed, 'drugs') then 0 else p.cost_drugs end
    + case when list_contains($fixed, 'depreciation') then 0 else p.cost_depreciation end
    + case when list_contains($fixed, 'amortisation') then 0 else p.cost_amortisation end
    + case when list_contains($fixed, 'risk_fund') then 0 else p.cost_risk_fund end
    + case when list_contains($fixed, 'other') then 0 else p.cost_other end as variable_cost,
  case
    when p.period > $known_until then null
    when p.readmitted_30d is not null then p.readmitted_30d
    when p.patient_id is null or p.admitted_at is null or p.disposition = 'died' then null
    when date_diff('day', cast(p.discharged_at as date), cast(r.admitted_at as date)) <= 30 then true
    when date_diff('day', cast(p.discharged_at as date), cast($end_at as date)) > 30 then false
  end as readmitted
from priced p
left join drgs d on d.period = p.period and d.hospital_id = p.hospital_id and d.drg_code = p.drg_code
left join (
  select period, hospital_id, drg_code, min(basis) as basis from standard_costs group by period, hospital_id, drg_code
) b on b.period = p.period and b.hospital_id = p.hospital_id and b.drg_code = p.drg_code
left join returns r on r.stay_id = p.stay_id
