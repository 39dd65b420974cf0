-- Grain: one uninterrupted time of a stay on the pathway in a kind of ward; days since a Monday (1970-01-05).
select t.stay_id, t.ward_type, epoch(t.from_time) / 86400 - 4 as began, epoch(t.to_time) / 86400 - 4 as ended
from transfers t
join pathway_stays p on p.stay_id = t.stay_id and p.pathway = $pathway
where t.ward_type is not null and t.to_time is not null
order by t.stay_id, t.from_time
