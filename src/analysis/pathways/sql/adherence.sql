-- Grain: one step of one stay on a pathway of which something can be said (table adherence of the closed period).
-- cause_class: whose variance it is, as the pathway says of the step, where it is not done as asked for.
select j.pathway, j.stay_id, j.step, t.expected_text as expected, j.status, j.waiting_days,
  case when j.status <> 'done' then j.cause end as cause_class
from step_judged j
join pathway_steps t on t.step_no = j.step_no
where j.status is not null
