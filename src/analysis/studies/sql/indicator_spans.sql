-- Grain: one indicator of one subject: its value in the period, the period before and a year before, its target, and
-- numerator and denominator of the span and of the span it is compared with (both add up over periods).
select indicator,
  max(value) filter (where period = $period) as now,
  max(target) filter (where period = $period) as target,
  max(value) filter (where period = $previous) as previous,
  max(value) filter (where period = $year_before) as year_before,
  max(denominator) filter (where period = $period) as cases,
  sum(numerator) filter (where period between $first and $last) as span_numerator,
  sum(denominator) filter (where period between $first and $last) as span_denominator,
  sum(numerator) filter (where period between $before_first and $before_last) as before_numerator,
  sum(denominator) filter (where period between $before_first and $before_last) as before_denominator
from indicator_book
where scope = $scope and subject = $subject
group by indicator
order by indicator
