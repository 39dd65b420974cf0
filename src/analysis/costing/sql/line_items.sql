-- Grain: one stay x item x ordering centre x performing centre x ordering physician; charge lines of the period, net of
-- refunds. The one reading of the charge lines that all costing goes on from.
-- stay_id: empty on lines of outpatients and of stays that are not in the stays. dated_cost: purchase cost where the
-- item's price changes within the period, each line at the price of its time.
select s.stay_id, coalesce(s.hospital_id, l.hospital_id) as hospital_id, l.item_code,
  coalesce(case when l.stay_id is null then q.outpatient end, o.cost_centre, c.cost_centre, '?') as cost_centre,
  coalesce(case when l.stay_id is null then p.outpatient else p.inpatient end,
    case when l.stay_id is null then q.outpatient end, o.cost_centre, c.cost_centre, '?') as performing_centre,
  coalesce(l.physician_id, '?') as physician_id,
  max(l.performing_department) as performing_department,
  sum(l.quantity) as quantity,
  sum(l.amount) as amount,
  sum(case when d.changes then coalesce(cast(l.quantity * d.purchase_price as decimal(28, 10)), l.amount) end) as dated_cost
from charges l
left join stays s on s.stay_id = l.stay_id
left join prices d on d.changes and d.item_code = l.item_code and l.charged_at >= d.valid_from and l.charged_at < d.valid_to
left join inpatient_centres o on o.hospital_id = coalesce(s.hospital_id, l.hospital_id) and o.department = l.ordering_department
left join inpatient_centres c on c.hospital_id = s.hospital_id and c.department = s.department
left join performing_centres p on p.hospital_id = coalesce(s.hospital_id, l.hospital_id) and p.department = l.performing_department
left join performing_centres q on q.hospital_id = coalesce(s.hospital_id, l.hospital_id) and q.department = l.ordering_department
where l.charged_at >= $start_at and l.charged_at < $end_at
group by 1, 2, 3, 4, 5, 6
