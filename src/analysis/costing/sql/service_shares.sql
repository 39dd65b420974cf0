-- Grain: one stay x performing centre. By what the stay bears the cost of the services performed there.
-- weight: by the scheme's service method; a service without a recipe at the measure per yuan of those that have one, by
-- its charge alone where none has. revenue: charged. material: of the recipes. A refund of an earlier month's service
-- takes nothing back: negative net amounts count as nothing.
with rates as (
  select hospital_id, cost_centre, coalesce(sum(measure), 0) > 0 as measured,
    cast(sum(measure) as double) / nullif(cast(sum(amount) filter (where measure is not null) as double), 0) as per_yuan
  from service_lines
  group by hospital_id, cost_centre
)
select l.stay_id, l.hospital_id, l.cost_centre,
  sum(greatest(0, case when not r.measured then l.amount
    else coalesce(l.measure, cast(cast(l.amount as double) * greatest(0, r.per_yuan) as decimal(38, 6)), 0) end)) as weight,
  sum(greatest(0, l.amount)) as revenue,
  cast(round(sum(greatest(0, l.material)), 2) as decimal(18, 2)) as material
from service_lines l
join rates r on r.hospital_id = l.hospital_id and r.cost_centre = l.cost_centre
where l.stay_id is not null
group by l.stay_id, l.hospital_id, l.cost_centre
