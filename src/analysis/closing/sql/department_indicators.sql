-- Grain: hospital, or one department. Unit costs of visits and bed-days, materials per 100 of revenue, occupancy.
-- materials_per_100: material expense of the whole ledger (hospital only), with and without drug revenue.
with rows as (
  select 'hospital' as scope, d.hospital_id as subject, d.* from departments_closed d
  union all
  select 'department', d.department, d.* from departments_closed d
),
beds as (
  select 'hospital' as scope, hospital_id, hospital_id as subject, sum(beds) as beds from departments group by hospital_id
  union all
  select 'department', hospital_id, department, beds from departments where beds > 0
),
materials as (
  select hospital_id, sum(amount) as amount from ledger where month = $month and cost_item = 'materials' group by hospital_id
),
income as (
  select hospital_id, sum(revenue) as revenue, sum(revenue - drug_revenue) as without_drugs
  from workload where month = $month group by hospital_id
)
select r.hospital_id, r.scope, r.subject,
  sum(r.visits) as visits__n,
  sum(r.full_cost) filter (where r.setting = 'outpatient') as cost_per_visit__n,
  sum(r.visits) filter (where r.setting = 'outpatient') as cost_per_visit__d,
  sum(r.full_cost) filter (where r.setting = 'inpatient') as cost_per_bed_day__n,
  sum(r.bed_days) filter (where r.setting = 'inpatient') as cost_per_bed_day__d,
  sum(r.bed_days) filter (where r.setting = 'inpatient') as bed_occupancy__n,
  case when sum(r.bed_days) > 0 then max(b.beds) * date_diff('day', cast($start_at as date), cast($end_at as date)) end as bed_occupancy__d,
  case when r.scope = 'hospital' then max(m.amount) end as materials_per_100__n,
  case when r.scope = 'hospital' and max(m.amount) is not null then max(i.revenue) end as materials_per_100__d,
  case when r.scope = 'hospital' then max(m.amount) end as materials_per_100_without_drugs__n,
  case when r.scope = 'hospital' and max(m.amount) is not null then max(i.without_drugs) end as materials_per_100_without_drugs__d
from rows r
left join beds b on b.scope = r.scope and b.hospital_id = r.hospital_id and b.subject = r.subject
left join materials m on m.hospital_id = r.hospital_id
left join income i on i.hospital_id = r.hospital_id
group by r.hospital_id, r.scope, r.subject
