-- Grain: one finding as a closed period holds it, explained: the rule's text with the facts put in; a fact that is not
-- known is a dash. Money to the fen, other numbers as short as they are exact to two decimals.
with facts as (
  select *,
    coalesce(item_zh, '—') as said_item_zh, coalesce(item_en, '—') as said_item_en,
    coalesce(other_zh, '—') as said_other_zh, coalesce(other_en, '—') as said_other_en,
    strftime(service_date, '%Y-%m-%d') as day, coalesce(format('{:,.2f}', cast(concerned as double)), '—') as said_amount,
    coalesce(rtrim(rtrim(format('{:.2f}', count), '0'), '.'), '—') as said_count,
    coalesce(rtrim(rtrim(format('{:.2f}', limit_value), '0'), '.'), '—') as said_limit,
    coalesce(code, rtrim(rtrim(format('{:.2f}', cast(value as double)), '0'), '.'),
      case told_sex when 'F' then $female_zh when 'M' then $male_zh end, '—') as value_zh,
    coalesce(code, rtrim(rtrim(format('{:.2f}', cast(value as double)), '0'), '.'),
      case told_sex when 'F' then $female_en when 'M' then $male_en end, '—') as value_en
  from audit_told
)
select finding_id, rule_id, rule_version, stage, result, nature, outcome, hospital_id, stay_id, visit_id, patient_id, department,
  physician_id, service_date, amount as amount_at_risk,
  case when outcome = 'hit' then '' else $lacking_zh end || replace(replace(replace(replace(replace(replace(replace(said_zh,
    '{day}', day), '{count}', said_count), '{limit}', said_limit), '{value}', value_zh), '{amount}', said_amount),
    '{other}', said_other_zh), '{item}', said_item_zh) as explanation_zh,
  case when outcome = 'hit' then '' else $lacking_en end || replace(replace(replace(replace(replace(replace(replace(said_en,
    '{day}', day), '{count}', said_count), '{limit}', said_limit), '{value}', value_en), '{amount}', said_amount),
    '{other}', said_other_en), '{item}', said_item_en) as explanation_en
from facts
