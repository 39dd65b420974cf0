-- Grain: one month of one DRG over a span: margin of its cases with complete cost and an income, by $method (stay_methods).
select c.period, count(*) as cases, cast(sum(c.payment - coalesce(m.cost, 0)) as double) as margin
from case_book c
left join stay_methods m on m.stay_id = c.stay_id and m.method = $method
where c.drg_code = $drg and c.period between $first and $last and c.margin_cost is not null
group by c.period
order by c.period
