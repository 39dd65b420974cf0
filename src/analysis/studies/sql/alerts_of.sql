-- Grain: one alert of the period of kinds like $kind.
select kind, scope, subject, observed, expected, "limit", q_value, evidence
from alerts where hospital_id = $hospital and period = $period and kind like $kind
order by kind, scope, subject
