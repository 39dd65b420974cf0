-- Grain: one closure check of the period, over its parts.
select "check", count(*) as parts, cast(sum(expected) as double) as expected, cast(sum(found) as double) as found,
  cast(sum(abs(difference)) as double) as difference, bool_and(passed) as passed, bool_or(must_tie) as must_tie
from reconciliation
where hospital_id = $hospital and period = $period
group by "check"
order by bool_or(must_tie) desc, "check"
