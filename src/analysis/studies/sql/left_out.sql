-- Grain: one thing the period lacks, and the tables it would need.
select what, missing from left_out where period = $period order by what
