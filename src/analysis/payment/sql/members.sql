-- Grain: one hospital with cases, or in the master. Level and coefficient where the master has them.
select m.hospital_id, h.level, coalesce(h.coefficient, 1) as coefficient
from (select hospital_id from case_base union select hospital_id from hospitals) m
left join hospitals h on h.hospital_id = m.hospital_id
