-- Grain: one method of case costing x cost item of the month: in house at its begin + cost of the month = discharged +
-- booked after discharge + in house at its end. The discharged are those of cases where these carry the method.
with others as (select distinct stay_id from patient_days where hospital_id <> $hospital),
book as (
  select stay_id, method, category as cost_item, amount as opening, 0 as month from work_in_progress
  where period = $previous and hospital_id = $hospital and method <> 'charge'
  union all
  select c.stay_id, c.method, c.cost_item, 0, c.amount from case_costs c
  where c.period = $period and not exists (select 1 from others o where o.stay_id = c.stay_id)
),
states as (
  select b.*, case when c.stay_id is not null then 'discharged' when w.stay_id is not null then 'house' else 'late' end as state
  from book b
  left join cases c on c.period = $period and c.stay_id = b.stay_id
  left join (select distinct stay_id from work_in_progress where period = $period) w on w.stay_id = b.stay_id
),
carried as (
  unpivot (
    select cost_personnel as personnel, cost_materials as materials, cost_drugs as drugs, cost_depreciation as depreciation,
      cost_amortisation as amortisation, cost_risk_fund as risk_fund, cost_other as other
    from cases where period = $period and hospital_id = $hospital
  ) on personnel, materials, drugs, depreciation, amortisation, risk_fund, other into name cost_item value amount
),
sides as (
  select method, cost_item, opening, month, case when state = 'discharged' and method <> $own then opening + month else 0 end as discharged,
    case when state = 'late' then opening + month else 0 end as late, 0 as closing from states
  union all
  select $own, cost_item, 0, 0, amount, 0, 0 from carried
  union all
  select method, category, 0, 0, 0, 0, amount from work_in_progress
  where period = $period and hospital_id = $hospital and method <> 'charge'
)
select method, cost_item, cast(sum(opening) as double) as opening, cast(sum(month) as double) as month,
  cast(sum(discharged) as double) as discharged, cast(sum(late) as double) as late, cast(sum(closing) as double) as closing,
  cast(sum(discharged + late + closing - opening - month) as double) as difference
from sides group by method, cost_item order by method, cost_item
