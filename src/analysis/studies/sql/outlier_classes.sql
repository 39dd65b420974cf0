-- Grain: one outlier class of the cases of a span.
select outlier, count(*) as cases, cast(sum(charge_total) as double) as charge, cast(sum(payment) as double) as payment,
  cast(sum(margin_payment) as double) as margin_payment
from case_book
where period between $first and $last
group by outlier
order by outlier
