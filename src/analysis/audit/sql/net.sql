-- Grain: one line that still stands: less what was given back by the end of the month in which it is judged.
-- gone_at: when all of it had been given back (the line is kept for those who look at it from an earlier month).
with given as (
  select r.refund_of as line_id, sum(r.quantity) as quantity, sum(r.amount) as amount
  from audit_lines r join audit_lines o on o.line_id = r.refund_of
  where r.charged_at < o.until
  group by r.refund_of
)
select o.* replace (
  cast(o.quantity + coalesce(g.quantity, 0) as decimal(18, 4)) as quantity,
  cast(o.amount + coalesce(g.amount, 0) as decimal(18, 2)) as amount),
  cast(o.charged_at as date) as day
from audit_lines o left join given g on g.line_id = o.line_id
where o.refund_of is null and o.quantity + coalesce(g.quantity, 0) > 0
