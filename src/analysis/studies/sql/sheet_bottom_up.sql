-- Grain: one cost item of a DRG over the months of a span that have a standard cost: bottom-up cost of the cases with
-- complete cost, in all; no row where a case of them has none.
with months as (
  select period from drgs
  where hospital_id = $hospital and drg_code = $drg and period between $first and $last and standard_cost is not null
    and cost_cases > 0
),
chosen as (
  select c.stay_id from case_book c join months m on m.period = c.period
  where c.drg_code = $drg and c.cost_complete and c.cost_total is not null
),
known as (
  select s.stay_id, s.cost_item, s.amount
  from chosen c join case_costs s on s.stay_id = c.stay_id and s.method = 'bottom_up'
)
select cost_item, cast(sum(amount) as double) as amount
from known
where (select count(distinct stay_id) from known) = (select count(*) from chosen)
group by cost_item
order by cost_item
