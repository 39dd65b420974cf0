-- Grain: one required step that was done: the day of the stay on which half of them had been, and what the pathway asks for.
select j.pathway, j.step, median(j.day) as median_day, max(t.expected_text) as asked
from step_judged j join pathway_steps t on t.step_no = j.step_no
where j.need = 'required' and j.status is not null
group by j.pathway, j.step
