-- Grain: one item (or day) of a pathway that has no cost in the period, so that the pathway has none.
select h.hospital_id, p.drg_code, p.item_code as missing
from pathway_items p
cross join (select distinct hospital_id from service_pools) h
left join (select distinct hospital_id, item_code from standard_services) s
  on s.hospital_id = h.hospital_id and s.item_code = p.item_code
where s.item_code is null
union all
select h.hospital_id, p.drg_code, 'days'
from pathway_days p
cross join (select distinct hospital_id from service_pools) h
left join (select distinct hospital_id, cost_centre from standard_days) d
  on d.hospital_id = h.hospital_id and d.cost_centre = p.cost_centre
where p.quantity > 0 and d.cost_centre is null
