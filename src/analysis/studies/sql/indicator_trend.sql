-- Grain: one period x indicator of one subject.
select period, indicator, value, denominator
from indicator_book
where scope = $scope and subject = $subject and period between $first and $last
order by period, indicator
