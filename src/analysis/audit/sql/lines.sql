-- Grain: one charge line of an encounter that some rule may look at: its item is named, it came without an order ($unordered)
-- or twice at one moment, or it gives something back.
-- known_at: when it can be judged, at discharge or when charged after it; until: end of that month, or $end_at in house.
select c.line_id, c.hospital_id, e.encounter_id, c.stay_id, c.visit_id, c.order_id, c.ordered_at, c.charged_at, c.item_code,
  c.quantity, c.unit_price, c.amount, c.ordering_department, c.physician_id, c.body_side, c.refund_of,
  greatest(c.charged_at, coalesce(e.discharged_at, c.charged_at)) as known_at,
  case when $in_house then cast($end_at as timestamp)
    else cast(date_trunc('month', greatest(c.charged_at, coalesce(e.discharged_at, c.charged_at))) as timestamp) + interval 1 month end as until,
  $in_house or greatest(c.charged_at, coalesce(e.discharged_at, c.charged_at)) >= $start_at as judged
from charges c
join audit_encounters e on e.encounter_id = coalesce(c.stay_id, 'visit ' || c.visit_id, 'patient ' || c.patient_id)
left join audit_rule_codes k on k.item_code = c.item_code
left join audit_twins t on t.stay_id = c.stay_id and t.item_code = c.item_code and t.charged_at = c.charged_at
where c.charged_at < $end_at
  and (k.item_code is not null or t.item_code is not null or c.refund_of is not null or ($unordered and c.order_id is null))
