-- Grain: one row. Days that the stays of `mine` lasted longer with a story than without it.
select coalesce(sum(date_diff('day', a.admitted_at, a.discharged_at) - date_diff('day', b.admitted_at, b.discharged_at)), 0) as days
from mine m join stays a on a.stay_id = m.stay_id join stays_without b on b.stay_id = m.stay_id
