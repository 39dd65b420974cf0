-- Grain: one method of case costing that the closed periods of a span hold.
select distinct method from case_costs where period between $first and $last order by method
