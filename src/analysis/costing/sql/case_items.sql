-- Grain: one stay x item x ordering clinical centre x ordering physician; charge lines of the period, net of refunds.
-- cost: purchase cost of drugs, charged materials and blood (the charged amount where no purchase price is known:
-- such items are sold at cost); empty for services.
-- hospital_id, kind: of the stay and the item, for those who sum these rows. performing_centre: as in service_lines; the
-- last in code order where several performed it.
with lines as (
  select l.stay_id, s.hospital_id, l.item_code, coalesce(o.cost_centre, c.cost_centre, '?') as cost_centre,
    coalesce(l.physician_id, '?') as physician_id, max(l.performing_department) as performing_department,
    max(coalesce(p.inpatient, w.ward, d.ward, '?')) as performing_centre,
    sum(l.quantity) as quantity, sum(l.amount) as amount, sum(l.dated_cost) as dated_cost
  from line_items l
  join stays s on s.stay_id = l.stay_id
  left join inpatient_centres o on o.hospital_id = s.hospital_id and o.department = l.ordering_department
  left join inpatient_centres c on c.hospital_id = s.hospital_id and c.department = s.department
  left join performing_centres p on p.hospital_id = s.hospital_id and p.department = l.performing_department
  left join performing_centres w on w.hospital_id = s.hospital_id and w.department = l.ordering_department
  left join performing_centres d on d.hospital_id = s.hospital_id and d.department = s.department
  group by l.stay_id, s.hospital_id, l.item_code, coalesce(o.cost_centre, c.cost_centre, '?'), coalesce(l.physician_id, '?')
)
select l.stay_id, l.hospital_id, l.item_code, l.cost_centre, l.physician_id, l.performing_department, l.performing_centre, i.kind,
  cast(l.quantity as decimal(18, 4)) as quantity,
  cast(l.amount as decimal(18, 2)) as amount,
  case when i.kind in ('drug', 'consumable', 'blood') then cast(round(coalesce(l.dated_cost,
    cast(cast(l.quantity as decimal(18, 4)) * p.purchase_price as decimal(28, 10)),
    cast(l.amount as decimal(28, 10))), 2) as decimal(18, 2)) end as cost
from lines l
left join items i on i.item_code = l.item_code
left join prices p on p.item_code = l.item_code and not p.changes
