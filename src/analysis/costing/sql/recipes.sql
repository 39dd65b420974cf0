-- Grain: one service item x performing centre. What one service takes, over its activities; empty where nothing says.
select item_code, cost_centre, sum(cast(minutes as decimal(18, 6))) as minutes,
  sum(cast(coefficient as decimal(18, 6))) as coefficient, sum(material) as material
from service_recipes
group by item_code, cost_centre
