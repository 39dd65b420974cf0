-- Grain: one item x cost item of one hospital: what one of it costs in the period.
-- Drugs, materials and blood: the last purchase price of the period. Services: activity-based unit cost over all centres
-- that performed it; its material is materials, the rest is parted like the pool that its centre's time carries.
with carried as (
  select p.hospital_id, p.cost_centre, p.cost_item,
    cast(p.total as double) / nullif(sum(cast(p.total as double)) over (partition by p.hospital_id, p.cost_centre), 0) as share
  from service_pools p
  join cost_centres c on c.hospital_id = p.hospital_id and c.cost_centre = p.cost_centre
  where p.cost_item not in ('drugs', 'materials') and p.total > 0
    and (c.class <> 'clinical' or p.cost_item not in (select cost_item from bed_items))
),
performed as (
  select hospital_id, item_code, cost_centre, cast(volume as double) as volume,
    cast(coalesce(material, 0) as double) as material, cast(unit_cost as double) as unit_cost
  from services where method = 'activity' and unit_cost is not null and volume > 0
),
parts as (
  select s.hospital_id, s.item_code, 'materials' as cost_item, s.volume * s.material as amount from performed s
  union all
  select s.hospital_id, s.item_code, coalesce(c.cost_item, 'personnel'),
    s.volume * (s.unit_cost - s.material) * coalesce(c.share, 1)
  from performed s left join carried c on c.hospital_id = s.hospital_id and c.cost_centre = s.cost_centre
),
served as (
  select hospital_id, item_code, sum(volume) as volume from performed group by hospital_id, item_code
),
bought as (
  select p.item_code, max_by(p.purchase_price, p.valid_from) as price
  from prices p join items i on i.item_code = p.item_code
  where i.kind in ('drug', 'consumable', 'blood') and p.purchase_price is not null
  group by p.item_code
)
select p.hospital_id, p.item_code, p.cost_item, sum(p.amount) / s.volume as unit_cost
from parts p join served s on s.hospital_id = p.hospital_id and s.item_code = p.item_code
group by p.hospital_id, p.item_code, p.cost_item, s.volume
union all
select h.hospital_id, b.item_code, case when i.kind = 'drug' then 'drugs' else 'materials' end, cast(b.price as double)
from bought b
join items i on i.item_code = b.item_code
cross join (select distinct hospital_id from service_pools) h
