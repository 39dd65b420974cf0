-- Grain: one stay x centre x method x cost item. Cost of the period, from the shares in fen.
select s.stay_id, c.cost_centre, p.method, i.cost_item, cast(sum(p.fen) * cast(0.01 as decimal(3, 2)) as decimal(18, 2)) as amount
from shares p
join numbered_stays s on s.stay = p.stay
join numbered_centres c on c.centre = p.centre
join numbered_items i on i.item = p.item
group by s.stay_id, c.cost_centre, p.method, i.cost_item
having sum(p.fen) <> 0
