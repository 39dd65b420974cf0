-- Grain: one stay x month x performing centre x service item. What its services truly cost with the idle time, beside
-- what the bottom-up method lets the stay bear in that centre for all its services (found, the same in every row).
-- In wards only time: personnel, which is what their services carry; material, goods and beds are the same there for all.
with wards as (
  select department, min(cost_centre) as cost_centre, bool_and(class = 'clinical') as ward
  from cost_centres where class = 'technology' or coalesce(setting, 'both') in ('inpatient', 'both') group by department
),
done as (
  select l.stay_id, strftime(l.charged_at, '%Y-%m') as month, w.cost_centre, w.ward, l.item_code,
    sum(cast(l.quantity as double)) as volume
  from charges l
  join items i on i.item_code = l.item_code and i.kind not in ('drug', 'consumable', 'blood')
  join wards w on w.department = l.performing_department
  group by l.stay_id, month, w.cost_centre, w.ward, l.item_code
),
borne as (
  select period, stay_id, cost_centre, sum(amount) as whole, sum(amount) filter (where cost_item = 'personnel') as work
  from case_costs where method = 'bottom_up' group by period, stay_id, cost_centre
)
select d.stay_id, d.month, d.cost_centre, d.item_code, d.volume,
  d.volume * (t.worked_unit_cost - case when d.ward then t.material_used else 0 end) as true_cost,
  cast(case when d.ward then b.work else b.whole end as double) as found
from done d
join true_unit_costs t on t.month = d.month and t.cost_centre = d.cost_centre and t.item_code = d.item_code
left join borne b on b.period = d.month and b.stay_id = d.stay_id and b.cost_centre = d.cost_centre
