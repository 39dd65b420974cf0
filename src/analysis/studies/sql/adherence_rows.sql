-- Grain: one step of one stay on a pathway, judged in the periods from $first to $last; the stay's department and days.
select a.period, a.pathway, a.stay_id, a.step, a.status, a.waiting_days, a.cause_class, c.department, c.length_of_stay as days
from adherence a
join cases c on c.period = a.period and c.stay_id = a.stay_id
where c.hospital_id = $hospital and a.period >= $first and a.period <= $last
order by a.period, a.pathway, a.stay_id, a.step
