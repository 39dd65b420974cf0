-- Grain: one stay discharged in the period, with its charges by category and its accrued cost by item, of the scheme's case method.
-- charge_total: sum of the lines; the source's total where there are no lines or the stay began before they do.
-- cost_total: cost by $case_method where there is a ledger; else what the source brings.
-- cost_complete: false where the stay began before the accounts do, or lay in no known centre (has no top-down cost); so
-- it is the same whatever the case method.
with money as (
  select stay_id,
    bool_or(method = 'charge') as has_lines,
    sum(amount) filter (where method = 'charge') as charges,
    sum(amount) filter (where method = 'charge' and category = 'drug') as charge_drug,
    sum(amount) filter (where method = 'charge' and category = 'consumable') as charge_consumable,
    sum(amount) filter (where method = 'charge' and category = 'exam') as charge_exam,
    sum(amount) filter (where method = 'charge' and category = 'service') as charge_service,
    sum(amount) filter (where method = 'charge' and category = 'other') as charge_other,
    bool_or(method = 'top_down') as lain,
    sum(amount) filter (where method = $case_method) as cost,
    sum(amount) filter (where method = $case_method and category = 'personnel') as cost_personnel,
    sum(amount) filter (where method = $case_method and category = 'materials') as cost_materials,
    sum(amount) filter (where method = $case_method and category = 'drugs') as cost_drugs,
    sum(amount) filter (where method = $case_method and category = 'depreciation') as cost_depreciation,
    sum(amount) filter (where method = $case_method and category = 'amortisation') as cost_amortisation,
    sum(amount) filter (where method = $case_method and category = 'risk_fund') as cost_risk_fund,
    sum(amount) filter (where method = $case_method and category = 'other') as cost_other
  from accrued where state = 'case' group by stay_id
),
known as (
  select s.*, m.* exclude (stay_id, cost, lain), coalesce(m.lain, false) as lain,
    case when m.lain then coalesce(m.cost, 0) else m.cost end as cost,
    coalesce(m.has_lines and s.admitted_at >= $charges_from, false) as lines_complete
  from stays s left join money m on m.stay_id = s.stay_id
  where s.discharged_at >= $start_at and s.discharged_at < $end_at
)
select stay_id, patient_id, hospital_id, department, team, physician_id, drg_code, drg_status, severity, age, age_band,
  sex, payer, admission_type, disposition, admitted_at, discharged_at, planned,
  coalesce(length_of_stay, greatest(1, date_diff('day', cast(admitted_at as date), cast(discharged_at as date)))) as length_of_stay,
  case when lines_complete then charges else known.charge_total end as charge_total,
  case when lines_complete then coalesce(charge_drug, 0) end as charge_drug,
  case when lines_complete then coalesce(charge_consumable, 0) end as charge_consumable,
  case when lines_complete then coalesce(charge_exam, 0) end as charge_exam,
  case when lines_complete then coalesce(charge_service, 0) end as charge_service,
  case when lines_complete then coalesce(charge_other, 0) end as charge_other,
  case when $has_ledger then cost else known.cost_total end as cost_total,
  case when cost is not null then coalesce(cost_personnel, 0) end as cost_personnel,
  case when cost is not null then coalesce(cost_materials, 0) end as cost_materials,
  case when cost is not null then coalesce(cost_drugs, 0) end as cost_drugs,
  case when cost is not null then coalesce(cost_depreciation, 0) end as cost_depreciation,
  case when cost is not null then coalesce(cost_amortisation, 0) end as cost_amortisation,
  case when cost is not null then coalesce(cost_risk_fund, 0) end as cost_risk_fund,
  case when cost is not null then coalesce(cost_other, 0) end as cost_other,
  case when $has_ledger then coalesce(admitted_at >= $accounts_from and lain, false)
    else known.cost_total is not null end as cost_complete,
  claimed, fund_paid, self_paid, out_of_catalogue, settled_on, known.charge_total as settled_charge
from known
