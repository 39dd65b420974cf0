-- Grain: one stay x method of case costing: its cost over all closed periods.
select stay_id, method, sum(amount) as cost from case_costs group by stay_id, method
