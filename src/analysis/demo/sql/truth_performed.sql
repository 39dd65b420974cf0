-- One row a stay x month x item x centre that performed it; quantity and amount net of what was given back.
-- minutes: of staff, material: not charged apart; both of one service by its recipe, empty for goods.
with centres as (
    select department, min(cost_centre) as cost_centre
    from cost_centres
    where class = 'technology' or coalesce(setting, '') in ('inpatient', 'both')
    group by department
)
select l.stay_id, strftime(l.charged_at, '%Y-%m') as month, l.item_code, c.cost_centre, i.kind,
    sum(cast(l.quantity as double)) as quantity, sum(cast(l.amount as double)) as amount,
    max(r.minutes) as minutes, max(cast(r.material as double)) as material
from charges as l
join items as i using (item_code)
join centres as c on c.department = l.performing_department
left join service_recipes as r on r.item_code = l.item_code and r.cost_centre = c.cost_centre
group by l.stay_id, month, l.item_code, c.cost_centre, i.kind
