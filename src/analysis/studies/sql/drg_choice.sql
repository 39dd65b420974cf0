-- Grain: one DRG of the cases of a span: how many, and their margin.
select drg_code, count(*) as cases, cast(sum(margin_cost) as double) as margin
from case_book where drg_code is not null and period between $first and $last
group by drg_code order by drg_code
