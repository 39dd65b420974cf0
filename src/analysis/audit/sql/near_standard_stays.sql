-- Grain: one stay in house at the end of the period whose charges to date reach $part of the payment standard of the DRG
-- it is expected to be grouped to (stays.drg_code, provisional while in house), with its department and its head.
with charged as (
  select stay_id, hospital_id, cast(sum(amount) as double) as used
  from work_in_progress where method = 'charge' group by stay_id, hospital_id
)
select c.hospital_id, c.stay_id, s.drg_code, s.department, d.head, c.used,
  cast(coalesce(e.standard, a.standard) as double) as standard
from charged c
join stays s on s.stay_id = c.stay_id
left join standards e on e.hospital_id = s.hospital_id and e.drg_code = s.drg_code and e.severity = s.severity
left join standards a on a.hospital_id = s.hospital_id and a.drg_code = s.drg_code and a.severity = '*'
left join departments d on d.hospital_id = s.hospital_id and d.department = s.department
where coalesce(e.basis, a.basis) <> 'peer_mean' and coalesce(e.standard, a.standard) > 0 and c.used >= $part * coalesce(e.standard, a.standard)
order by c.hospital_id, c.stay_id
