-- Grain: one line of a finding, with what the finding says of it.
with kept as (select distinct line_id from audit_kept where line_id is not null)
select l.line_id, l.item_code, l.charged_at, l.ordered_at, l.ordering_department, l.physician_id, l.hospital_id
from audit_net l join kept k on k.line_id = l.line_id
union
select l.line_id, l.item_code, l.charged_at, l.ordered_at, l.ordering_department, l.physician_id, l.hospital_id
from audit_stay_lines l join kept k on k.line_id = l.line_id
