-- Grain: one stay x item x ordering department x performing department x ordering physician; charge lines of the period,
-- net of refunds. The one reading of the charge lines that all costing goes on from. Lines without a stay (outpatients)
-- are one row a hospital x item x ordering x performing department.
-- hospital_id: of lines without a stay; else the stay tells it. dated_cost: purchase cost where the item's price changes within the period, each line at the
-- price of its time.
select l.stay_id, cast(null as varchar) as hospital_id, l.item_code, l.ordering_department, l.performing_department,
  l.physician_id, sum(l.quantity) as quantity, sum(l.amount) as amount,
  sum(case when d.changes then coalesce(cast(l.quantity * d.purchase_price as decimal(28, 10)), l.amount) end) as dated_cost
from charges l
left join prices d on d.changes and d.item_code = l.item_code and l.charged_at >= d.valid_from and l.charged_at < d.valid_to
where l.stay_id is not null and l.charged_at >= $start_at and l.charged_at < $end_at
group by l.stay_id, l.item_code, l.ordering_department, l.performing_department, l.physician_id
union all
select cast(null as varchar) as stay_id, hospital_id, item_code, ordering_department, performing_department,
  cast(null as varchar) as physician_id, sum(quantity) as quantity, sum(amount) as amount,
  cast(null as decimal(38, 10)) as dated_cost
from charges
where stay_id is null and charged_at >= $start_at and charged_at < $end_at
group by hospital_id, item_code, ordering_department, performing_department
