-- Grain: one stay (empty: none) x item x performing centre. Services of the period with what they took by their recipes.
-- Drugs, consumables and blood are no services: they leave the pools at purchase price. Lines of stays that are not in
-- the stays belong to no hospital and stay out (orphan_lines shows them).
-- cost_centre: of the performing department (performing_centres), else of the ordering department, else of the stay's.
-- measure: minutes or coefficients of these services, as the scheme's service method counts; empty without a recipe, or
-- where it goes by charges.
with performed as (
  select s.stay_id, coalesce(s.hospital_id, l.hospital_id) as hospital_id, l.item_code,
    case when l.stay_id is null then coalesce(p.outpatient, o.clinic, '?')
      else coalesce(p.inpatient, o.ward, c.ward, '?') end as cost_centre,
    cast(sum(l.quantity) as decimal(18, 4)) as quantity, coalesce(sum(l.amount), 0) as amount
  from line_items l
  left join items i on i.item_code = l.item_code
  left join stays s on s.stay_id = l.stay_id
  left join performing_centres p on p.hospital_id = coalesce(s.hospital_id, l.hospital_id) and p.department = l.performing_department
  left join performing_centres o on o.hospital_id = coalesce(s.hospital_id, l.hospital_id) and o.department = l.ordering_department
  left join performing_centres c on c.hospital_id = s.hospital_id and c.department = s.department
  where coalesce(i.kind, 'other') not in ('drug', 'consumable', 'blood') and (s.stay_id is not null or l.stay_id is null)
  group by s.stay_id, coalesce(s.hospital_id, l.hospital_id), l.item_code,
    case when l.stay_id is null then coalesce(p.outpatient, o.clinic, '?') else coalesce(p.inpatient, o.ward, c.ward, '?') end
)
select p.stay_id, p.hospital_id, p.item_code, p.cost_centre, p.quantity, p.amount,
  cast(p.quantity * cast(case $service_method when 'activity' then r.minutes when 'equivalence' then r.coefficient end
    as decimal(18, 6)) as decimal(38, 6)) as measure,
  cast(coalesce(p.quantity * cast(r.material as decimal(18, 6)), 0) as decimal(38, 6)) as material
from performed p
left join recipes r on r.item_code = p.item_code and r.cost_centre = p.cost_centre
