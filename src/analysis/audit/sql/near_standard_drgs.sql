-- Grain: one DRG whose cases of the period used up $part of their payment standards, by full cost where it is closed,
-- else by charges; not where the standard is the mean of peers, which half of all cases exceed.
-- used: what the cases cost (or were charged) a case; standard: of one case, at the month's severities; department: the
-- one with most of these cases, and its head.
with known as (
  select hospital_id, drg_code, department, cast(standard as double) as standard, cast(charge_total as double) as charge,
    case when cost_complete then cast(cost_total as double) end as cost
  from cases where drg_code is not null and standard > 0
    and hospital_id not in (select hospital_id from standards where basis = 'peer_mean')
),
costed as (
  select *, count(cost) over (partition by hospital_id) > 0 as has_cost from known
),
measured as (
  select hospital_id, drg_code, department, standard, case when has_cost then cost else charge end as used,
    case when has_cost then 'cost' else 'charge' end as measure
  from costed
),
totals as (
  select hospital_id, drg_code, min(measure) as measure, count(*) as cases, avg(used) as used, avg(standard) as standard
  from measured where used is not null
  group by hospital_id, drg_code
  having count(*) >= $least and sum(used) >= $part * sum(standard)
),
places as (
  select hospital_id, drg_code, department,
    row_number() over (partition by hospital_id, drg_code order by count(*) desc, department) as place
  from measured where used is not null and department is not null group by hospital_id, drg_code, department
)
select t.*, p.department, d.head
from totals t
left join places p on p.hospital_id = t.hospital_id and p.drg_code = t.drg_code and p.place = 1
left join departments d on d.hospital_id = t.hospital_id and d.department = p.department
order by t.hospital_id, t.drg_code
