-- Grain: hospital, or one department. Surveys (mean weighted by respondents) and sampled coding.
with asked as (
  select hospital_id, scope, subject,
    sum(cast(value * respondents as decimal(28, 6))) filter (where question = 'fee_transparency') as fee_transparency__n,
    sum(respondents) filter (where question = 'fee_transparency') as fee_transparency__d,
    sum(cast(value * respondents as decimal(28, 6))) filter (where question = 'policy_knowledge') as policy_knowledge__n,
    sum(respondents) filter (where question = 'policy_knowledge') as policy_knowledge__d,
    sum(cast(value * respondents as decimal(28, 6))) filter (where question = 'booking') as booking__n,
    sum(respondents) filter (where question = 'booking') as booking__d
  from surveys where month = $month group by hospital_id, scope, subject
),
sampled as (
  select s.hospital_id, 'hospital' as scope, s.hospital_id as subject, c.correct from coding_samples c join stays s on s.stay_id = c.stay_id
  where c.sampled_on >= cast($start_at as date) and c.sampled_on < cast($end_at as date)
  union all
  select s.hospital_id, 'department', s.department, c.correct from coding_samples c join stays s on s.stay_id = c.stay_id
  where c.sampled_on >= cast($start_at as date) and c.sampled_on < cast($end_at as date) and s.department is not null
),
coded as (
  select hospital_id, scope, subject, count(*) filter (where correct) as coding_accuracy__n, count(*) as coding_accuracy__d
  from sampled group by hospital_id, scope, subject
)
select coalesce(a.hospital_id, c.hospital_id) as hospital_id, coalesce(a.scope, c.scope) as scope,
  coalesce(a.subject, c.subject) as subject, a.fee_transparency__n, a.fee_transparency__d, a.policy_knowledge__n,
  a.policy_knowledge__d, a.booking__n, a.booking__d, c.coding_accuracy__n, c.coding_accuracy__d
from asked a full join coded c on c.hospital_id = a.hospital_id and c.scope = a.scope and c.subject = a.subject
