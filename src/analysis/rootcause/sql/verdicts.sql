-- Grain: one hospital x DRG, cases of the window $first to $last with complete cost and a known payment, and those of its last
-- month among them: how many, what they were paid, and what they cost by both methods (the case's own where the months hold
-- none by a method).
with mine as (
  select stay_id, period, hospital_id, drg_code, payment, cost_total from cases
  where period >= $first and period <= $last and cost_complete and payment is not null and cost_total is not null
    and drg_code is not null
),
costed as (
  select a.stay_id, sum(a.amount) filter (where a.method = 'bottom_up') as bottom_up,
    sum(a.amount) filter (where a.method = 'top_down') as top_down
  from case_costs a join mine m on m.stay_id = a.stay_id and a.period <= m.period
  where a.method in ('bottom_up', 'top_down')
  group by a.stay_id
),
lost as (
  select m.hospital_id, m.drg_code, m.period = $last as late,
    coalesce(c.bottom_up, m.cost_total) - m.payment as loss, coalesce(c.top_down, m.cost_total) - m.payment as second_loss
  from mine m left join costed c on c.stay_id = m.stay_id
)
select hospital_id, drg_code, count(*) as cases, sum(loss) as loss, sum(second_loss) as second_loss,
  count(*) filter (where late) as late_cases, coalesce(sum(loss) filter (where late), 0) as late_loss,
  coalesce(sum(second_loss) filter (where late), 0) as late_second_loss
from lost
group by hospital_id, drg_code
order by hospital_id, drg_code
