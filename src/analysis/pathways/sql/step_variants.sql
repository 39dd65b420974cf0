-- Grain: one discovered variant of a pathway: the order in which steps were first done, what began on one day taken together
-- (a + b), stays without any step as an empty variant. $activities_only: of
-- steps that have an activity. The $most most frequent of each pathway, with share, mean stay and cost.
with turns as (
  select pathway, stay_id, day, string_agg(step, ' + ' order by place, step) as turn
  from (select f.pathway, f.stay_id, f.step, t.place, cast(f.first_at as date) as day
    from step_facts f join pathway_steps t on t.step_no = f.step_no where f.first_at is not null
      and (t.activity is not null or not $activities_only))
  group by pathway, stay_id, day
),
told as (
  select pathway, stay_id, string_agg(turn, ' > ' order by day) as variant from turns group by pathway, stay_id
),
counted as (
  select s.pathway, coalesce(t.variant, '') as variant, count(*) as cases, avg(s.days) as mean_days,
    median(s.days) as median_days, avg(cast(c.cost as double)) as mean_cost, count(c.cost) as costed
  from pathway_stays s
  left join told t on t.pathway = s.pathway and t.stay_id = s.stay_id
  left join variant_costs c on c.stay_id = s.stay_id
  group by s.pathway, coalesce(t.variant, '')
),
ranked as (
  select *, row_number() over (partition by pathway order by cases desc, variant) as rank,
    cast(cases as double) / sum(cases) over (partition by pathway) as share
  from counted
)
select pathway, rank, variant, cases, share, mean_days, median_days, mean_cost, costed
from ranked where rank <= $most
order by pathway, rank
