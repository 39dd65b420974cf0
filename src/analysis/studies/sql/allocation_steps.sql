-- Grain: one step x giving centre x driver of the month: what it gave, by class of the receiver.
select a.step, a.from_centre, a.driver,
  cast(sum(a.amount) filter (where r.class = 'administration') as double) as administration,
  cast(sum(a.amount) filter (where r.class = 'auxiliary') as double) as auxiliary,
  cast(sum(a.amount) filter (where r.class = 'technology') as double) as technology,
  cast(sum(a.amount) filter (where r.class = 'clinical') as double) as clinical,
  cast(sum(a.amount) as double) as total, count(distinct a.to_centre) as receivers
from allocations a
left join names r on r.hospital_id = $hospital and r.kind = 'cost_centre' and r.code = a.to_centre
where a.hospital_id = $hospital and a.period = $period and not (a.step = 0 and a.driver = 'direct')
group by all
order by a.step, a.from_centre, a.driver
