-- Grain: one DRG x severity of one hospital that treated it. The mean cost of all hospitals' cases of the period.
-- standard: mean of DRG x severity; of the DRG where fewer than min_cases cases or min_hospitals hospitals stand
-- behind it. weight: standard / mean cost of all cases. benchmark_*: peers' means of the same cell.
with grouped as (
  select hospital_id, drg_code, coalesce(severity, '*') as severity, cost_total, length_of_stay
  from case_base where drg_code is not null and cost_total is not null
),
drg as (
  select drg_code, count(*) as cases, count(distinct hospital_id) as hospitals, sum(cost_total) / count(*) as cost,
    sum(length_of_stay) / count(length_of_stay) as days
  from grouped group by drg_code
),
cell as (
  select drg_code, severity, count(*) as cases, count(distinct hospital_id) as hospitals,
    sum(cost_total) / count(*) as cost, sum(length_of_stay) / count(length_of_stay) as days
  from grouped group by drg_code, severity
),
chosen as (
  select c.drg_code, c.severity, c.cases >= $min_cases and c.hospitals >= $min_hospitals as enough,
    case when c.cases >= $min_cases and c.hospitals >= $min_hospitals then c.cases else d.cases end as peer_cases,
    case when c.cases >= $min_cases and c.hospitals >= $min_hospitals then c.hospitals else d.hospitals end as peer_hospitals,
    case when c.cases >= $min_cases and c.hospitals >= $min_hospitals then c.cost else d.cost end as cost,
    case when c.cases >= $min_cases and c.hospitals >= $min_hospitals then c.days else d.days end as days
  from cell c join drg d on d.drg_code = c.drg_code
)
select g.hospital_id, g.drg_code, g.severity, c.cost / (select sum(cost_total) / count(*) from grouped) as weight,
  cast(round(c.cost, 2) as decimal(18, 2)) as standard, 'peer_mean' as basis, c.peer_cases, c.peer_hospitals,
  cast(null as decimal(18, 2)) as benchmark_charge, c.days as benchmark_days,
  cast(round(c.cost, 2) as decimal(18, 2)) as benchmark_cost, cast(null as boolean) as low_risk
from (select distinct hospital_id, drg_code, severity from grouped) g
join chosen c on c.drg_code = g.drg_code and c.severity = g.severity
