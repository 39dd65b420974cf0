-- One row a month x performing centre x service: what one service truly costs, in yuan.
-- direct_unit_cost: the centre's own time and material; full_unit_cost: with administration and auxiliary centres, both
-- at practical capacity; worked_unit_cost: the same with the idle time; material_used: the
-- part of them that is material; volume: inpatients'.
with done as (
    select month, cost_centre, item_code, sum(quantity) as volume
    from truth_performed group by month, cost_centre, item_code
)
select t.month, t.cost_centre, r.item_code,
    r.minutes * t.direct + cast(r.material as double) * t.standard as direct_unit_cost,
    r.minutes * t.practical + cast(r.material as double) * t.standard as full_unit_cost,
    r.minutes * t.worked + cast(r.material as double) * t.standard as worked_unit_cost,
    cast(r.material as double) * t.standard as material_used, coalesce(d.volume, 0) as volume
from truth_rates as t
join service_recipes as r on r.cost_centre = t.cost_centre
left join done as d on d.month = t.month and d.cost_centre = t.cost_centre and d.item_code = r.item_code
order by t.month, t.cost_centre, r.item_code
