-- Grain: one cost centre x cost item of the month's ledger. booked: the ledger's own; computed_in: what step 0 brought
-- (utilities, property), negative at the centre that it was booked at. family: class of the centre; where the cost takes no part
-- in the allocation, the reason instead (centre not in the master, outside the scope).
with moved as (
  select to_centre as cost_centre, '' as reason, cost_item, case when driver = 'direct' then amount else 0 end as booked,
    case when driver = 'direct' then 0 else amount end as computed_in
  from allocations where hospital_id = $hospital and period = $period and step = 0
  union all
  select from_centre, '', cost_item, 0, -amount
  from allocations where hospital_id = $hospital and period = $period and step = 0 and driver <> 'direct'
  union all
  select cost_centre, reason, cost_item, amount, 0 from unallocated
  where hospital_id = $hospital and period = $period and reason in ('unknown_centre', 'out_of_scope')
)
select m.cost_centre, case when m.reason = '' then coalesce(n.class, '') else m.reason end as family, m.cost_item,
  cast(sum(m.booked) as double) as booked, cast(sum(m.computed_in) as double) as computed_in,
  cast(sum(m.booked + m.computed_in) as double) as amount
from moved m
left join names n on n.hospital_id = $hospital and n.kind = 'cost_centre' and n.code = m.cost_centre
group by all
order by all
