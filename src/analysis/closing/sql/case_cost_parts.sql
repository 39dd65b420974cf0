-- Grain: one case x cost item, as it stands in the closed cases.
select stay_id, hospital_id, category, amount from cases
unpivot (amount for category in (cost_personnel as 'personnel', cost_materials as 'materials', cost_drugs as 'drugs',
  cost_depreciation as 'depreciation', cost_amortisation as 'amortisation', cost_risk_fund as 'risk_fund', cost_other as 'other'))
