-- Grain: one department x DRG of the cases of a span; both empty where a case has none. priced: cases with a margin.
select department, drg_code, count(*) as cases, count(margin_cost) as priced
from case_book
where period between $first and $last
group by department, drg_code
order by department nulls last, drg_code nulls last
