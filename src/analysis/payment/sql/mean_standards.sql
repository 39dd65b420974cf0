-- Grain: one DRG of one hospital that has a payment standard: the mean standard of its cases of the period, to the fen.
select hospital_id, drg_code, cast(round(cast(sum(standard) as double) / count(*), 2) as decimal(18, 2)) as standard
from cases where drg_code is not null and standard is not null
group by hospital_id, drg_code
