-- Grain: one stay far over the standard of its pathway, told of in the periods from $first to $last.
select period, subject as stay_id, observed as days, expected as standard, evidence
from alerts
where hospital_id = $hospital and period >= $first and period <= $last and kind = 'stay_over_standard'
order by period, subject
