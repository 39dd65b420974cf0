-- Grain: one period. The hospital's settlement and fund figures (sums of the month).
select period,
  max(value) filter (where indicator = 'claimed') as claimed,
  max(value) filter (where indicator = 'payable') as payable,
  max(value) filter (where indicator = 'paid') as paid,
  max(value) filter (where indicator = 'denied_settlement') as denied_settlement,
  max(value) filter (where indicator = 'awaiting') as awaiting,
  max(value) filter (where indicator = 'fund_income') as income,
  max(value) filter (where indicator = 'fund_expenditure') as expenditure,
  max(target) filter (where indicator = 'fund_balance_rate') as red_line
from indicator_book
where scope = 'hospital'
group by period
order by period
