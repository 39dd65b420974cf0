-- Grain: one diagnosis or procedure of a stay on the pathway.
select d.stay_id, 'diagnosis' as kind, d.code from diagnoses d join pathway_stays p on p.stay_id = d.stay_id and p.pathway = $pathway
union all
select r.stay_id, 'procedure' as kind, r.code from procedures r join pathway_stays p on p.stay_id = r.stay_id and p.pathway = $pathway
order by stay_id, kind, code
