-- Grain: one cost item of a hospital, department or DRG that has a budget in the period.
-- actual: of the hospital the ledger, of a department the ledger of its clinical centres (direct cost), of a DRG the full
-- cost of its discharged cases with complete cost; a cost item that was spent and not budgeted has an empty budget.
with budgeted as (
  select hospital_id, scope, subject, cost_item, sum(amount) as budget
  from budgets where month = $month group by hospital_id, scope, subject, cost_item
),
booked as (
  select l.hospital_id, case when c.class = 'clinical' then c.department end as department, l.cost_item, l.amount
  from ledger l left join cost_centres c on c.hospital_id = l.hospital_id and c.cost_centre = l.cost_centre
  where l.month = $month
),
spent as (
  select hospital_id, 'hospital' as scope, hospital_id as subject, cost_item, sum(amount) as actual
  from booked group by hospital_id, cost_item
  union all
  select hospital_id, 'department', department, cost_item, sum(amount)
  from booked where department is not null group by hospital_id, department, cost_item
  union all
  select c.hospital_id, 'drg', c.drg_code, p.category, sum(p.amount)
  from cases c join case_cost_parts p on p.stay_id = c.stay_id
  where c.cost_complete and c.drg_code is not null group by c.hospital_id, c.drg_code, p.category
),
keys as (
  select hospital_id, scope, subject, cost_item from budgeted
  union
  select s.hospital_id, s.scope, s.subject, s.cost_item from spent s
  join (select distinct hospital_id, scope, subject from budgeted) b
    on b.hospital_id = s.hospital_id and b.scope = s.scope and b.subject = s.subject
)
select k.hospital_id, k.scope, k.subject, k.cost_item, cast(b.budget as decimal(18, 2)) as budget,
  cast(s.actual as decimal(18, 2)) as actual
from keys k
left join budgeted b on b.hospital_id = k.hospital_id and b.scope = k.scope and b.subject = k.subject
  and b.cost_item = k.cost_item
left join spent s on s.hospital_id = k.hospital_id and s.scope = k.scope and s.subject = k.subject
  and s.cost_item = k.cost_item
