-- Grain: one case x element: what its cost consists of, but for the rest. Goods at purchase price; services at quantity x
-- activity unit cost of the performing centre in the month (ratio unit cost where no recipe tells); by $with_days, days in a
-- ward at what its beds carry of the case ($bed_items, without its own goods and the material of its services there).
-- What was booked after the month of discharge is no part of the case. element: item, or cost centre of the ward.
-- grouping: substitution group, else the element; quantity: in base units where all members of the group have a content.
-- origin: domestic or imported, '' where the item's master does not say.
with mine as (
  select stay_id, period, hospital_id from cases
  where period >= $first and period <= $last and hospital_id = $hospital and cost_complete and payment is not null
    and cost_total is not null and drg_code in (select unnest($drgs))
),
known as (
  select item_code, max_by(coalesce(kind, 'other'), period) as kind, max_by(coalesce(substitution_group, ''), period) as member_of,
    max_by(coalesce(content, 0), period) as content, max_by(coalesce(base_unit, ''), period) as base_unit,
    max_by(coalesce(origin, ''), period) as origin
  from item_totals group by item_code
),
convertible as (
  select member_of from known where member_of <> ''
  group by member_of having min(content) > 0 and min(base_unit) <> '' and min(base_unit) = max(base_unit)
),
facts as (
  select k.item_code, coalesce(nullif(k.member_of, ''), k.item_code) as grouping,
    case when c.member_of is null then 1 else k.content end as content, k.origin,
    case when k.kind = 'drug' then 'drug' when k.kind in ('consumable', 'blood') then 'consumable'
      when k.kind in ('laboratory', 'imaging', 'function_test', 'pathology') then 'exam' else 'service' end as category
  from known k left join convertible c on c.member_of = k.member_of
),
units as (
  select period, hospital_id, item_code, cost_centre, max(case when method = 'activity' then material end) as material,
    coalesce(max(case when method = 'activity' then unit_cost end), max(case when method = 'ratio' then unit_cost end)) as unit_cost
  from services group by period, hospital_id, item_code, cost_centre
),
given as (
  select i.stay_id, i.period, i.item_code, f.grouping, f.category, f.content, f.origin, i.cost_centre, i.performing_centre, i.quantity,
    coalesce(i.cost, cast(i.quantity * u.unit_cost as decimal(28, 8)), 0) as cost, i.cost is not null as bought,
    case when i.cost is null then coalesce(cast(i.quantity * u.material as decimal(28, 8)), 0) else 0 end as material
  from case_items i
  join mine m on m.stay_id = i.stay_id and i.period <= m.period
  join facts f on f.item_code = i.item_code
  left join units u on u.period = i.period and u.hospital_id = m.hospital_id and u.item_code = i.item_code
    and u.cost_centre = i.performing_centre
),
lain as (
  select d.stay_id, d.cost_centre, sum(d.days) as days
  from patient_days d join mine m on m.stay_id = d.stay_id and d.period <= m.period
  where $with_days and d.cost_centre <> '?' group by d.stay_id, d.cost_centre
),
carried as (
  select c.stay_id, c.cost_centre, cast(c.amount as decimal(28, 8)) as amount
  from case_costs c join mine m on m.stay_id = c.stay_id and c.period <= m.period
  where c.method = $method and c.cost_item in (select unnest($bed_items))
  union all
  select stay_id, cost_centre, -cost from given
  where bought and case when category = 'drug' then 'drugs' else 'materials' end in (select unnest($bed_items))
  union all
  select stay_id, performing_centre, -greatest(material, 0) from given
  where not bought and 'materials' in (select unnest($bed_items))
),
beds as (
  select stay_id, cost_centre, greatest(sum(amount), 0) as amount from carried group by stay_id, cost_centre
)
select stay_id, item_code as element, grouping, category, cast(sum(quantity) as double) * max(content) as quantity,
  cast(sum(cost) as double) as cost, max(origin) as origin
from given group by stay_id, item_code, grouping, category
having sum(quantity) <> 0 or sum(cost) <> 0
union all
select l.stay_id, l.cost_centre, l.cost_centre, 'stay', cast(l.days as double), cast(coalesce(b.amount, 0) as double), ''
from lain l left join beds b on b.stay_id = l.stay_id and b.cost_centre = l.cost_centre
where l.days > 0
order by 1, 4, 2
