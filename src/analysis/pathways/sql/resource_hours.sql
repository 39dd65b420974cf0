-- Grain: one resource x weekday (0 = Monday) x time for which its capacity held; days since a Monday (1970-01-05).
select c.resource, c.weekday - 1 as weekday, epoch(cast(c.valid_from as timestamp)) / 86400 - 4 as valid_from,
  epoch(cast(lead(c.valid_from) over (partition by c.hospital_id, c.resource, c.weekday order by c.valid_from) as timestamp)) / 86400 - 4
    as valid_to,
  c.opens_hour / 24 as opens, c.closes_hour / 24 as closes, c.units
from capacities c
join course_resources r on r.resource = c.resource
where c.hospital_id in (select hospital_id from pathway_stays)
order by c.resource, c.valid_from, c.weekday
