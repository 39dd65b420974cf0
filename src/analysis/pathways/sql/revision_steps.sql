-- Grain: one required step of a pathway in one month: how often expected and left out; of those done with a known time, how
-- many on another day (or after the hours) than expected, and the middle of the days; harm with and without the step.
select j.pathway, j.step, j.place, s.month, count(j.status) as expected,
  count(case when j.status = 'omitted' then 1 end) as omitted,
  count(case when j.status <> 'omitted' and t.timed then j.in_time end) as timed,
  count(case when j.status <> 'omitted' and t.timed and (not j.in_time or j.early) then 1 end) as outside,
  count(case when j.status = 'omitted' then s.harmed end) as known_without,
  count(case when j.status = 'omitted' and s.harmed then 1 end) as harmed_without,
  count(case when j.status <> 'omitted' then s.harmed end) as known_with,
  count(case when j.status <> 'omitted' and s.harmed then 1 end) as harmed_with
from step_judged j
join (select step_no, expected_text, day_to is not null or within_hours is not null as timed from pathway_steps) t on t.step_no = j.step_no
join revision_stays s on s.pathway = j.pathway and s.stay_id = j.stay_id
where j.need = 'required' and j.status is not null
group by j.pathway, j.step, j.place, s.month
order by j.pathway, j.place, j.step, s.month
