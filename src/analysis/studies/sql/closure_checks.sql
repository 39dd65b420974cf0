-- Grain: one closure check of the period, over its parts. Income and cost of cases stand apart, they are no sum; so do the
-- costing methods of patients, each of which has to bring the whole cost to them.
select "check",
  case when "check" in ('cases_departments', 'cases_drgs') then part
    when "check" in ('inpatient_cases', 'work_in_progress') and part like '%: %' then split_part(part, ': ', 1)
    else '' end as side,
  count(*) as parts, cast(sum(expected) as double) as expected, cast(sum(found) as double) as found,
  cast(sum(abs(difference)) as double) as difference, bool_and(passed) as passed, bool_or(must_tie) as must_tie
from reconciliation
where hospital_id = $hospital and period = $period
group by "check", side
order by bool_or(must_tie) desc, "check", side
