-- Grain: one hospital. The fund in the month (own quota and regional, never mixed) and the insurer's settlement.
with quota as (select * from fund where month = $month and scope = 'quota'),
regional as (select * from fund where month = $month and scope = 'regional'),
settled as (
  select hospital_id, sum(claimed) as claimed, sum(payable) as payable, sum(paid) as paid, sum(denied) as denied,
    sum(awaiting) as awaiting
  from settlements where month = $month group by hospital_id
)
select h.hospital_id, 'hospital' as scope, h.hospital_id as subject,
  q.income as fund_income__n, q.expenditure as fund_expenditure__n,
  q.income - q.expenditure as fund_balance_rate__n, q.income as fund_balance_rate__d,
  r.income - r.expenditure as fund_balance_rate_regional__n, r.income as fund_balance_rate_regional__d,
  s.claimed as claimed__n, s.payable as payable__n, s.paid as paid__n, s.denied as denied_settlement__n, s.awaiting as awaiting__n
from members h
left join quota q on q.hospital_id = h.hospital_id
left join regional r on r.hospital_id = h.hospital_id
left join settled s on s.hospital_id = h.hospital_id
