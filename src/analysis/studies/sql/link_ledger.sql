-- Grain: one cost item of the month: the ledger beside the departments it went to and what stayed unallocated.
with sides as (
  select part as cost_item, expected as ledger, 0 as inpatient, 0 as outpatient, 0 as unparted, 0 as unallocated
  from reconciliation where hospital_id = $hospital and period = $period and "check" = 'ledger_clinical'
  union all
  select cost_item, 0, case when setting = 'inpatient' then full_cost else 0 end,
    case when setting = 'outpatient' then full_cost else 0 end, case when setting = 'unallocated' then full_cost else 0 end, 0
  from centre_costs where hospital_id = $hospital and period = $period
  union all
  select cost_item, 0, 0, 0, 0, amount from unallocated
  where hospital_id = $hospital and period = $period and level = 'centre'
)
select cost_item, cast(sum(ledger) as double) as ledger, cast(sum(inpatient) as double) as inpatient,
  cast(sum(outpatient) as double) as outpatient, cast(sum(unparted) as double) as unparted,
  cast(sum(unallocated) as double) as unallocated,
  cast(sum(inpatient + outpatient + unparted + unallocated - ledger) as double) as difference
from sides group by cost_item order by cost_item
