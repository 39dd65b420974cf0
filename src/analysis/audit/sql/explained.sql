-- Grain: one finding with its explanations: the rule's text with the facts put in; a fact that is not known is a dash.
-- Money to the fen, other numbers as short as they are exact to two decimals.
with facts as (
  select finding_id, outcome, said_zh, said_en,
    coalesce(item_zh, '—') as item_zh, coalesce(item_en, '—') as item_en,
    coalesce(other_zh, '—') as other_zh, coalesce(other_en, '—') as other_en,
    strftime(service_date, '%Y-%m-%d') as day, coalesce(format('{:,.2f}', cast(concerned as double)), '—') as amount,
    coalesce(rtrim(rtrim(format('{:.2f}', count), '0'), '.'), '—') as count,
    coalesce(rtrim(rtrim(format('{:.2f}', limit_value), '0'), '.'), '—') as limit_value,
    coalesce(code, rtrim(rtrim(format('{:.2f}', cast(value as double)), '0'), '.'),
      case sex when 'F' then $female_zh when 'M' then $male_zh end, '—') as value_zh,
    coalesce(code, rtrim(rtrim(format('{:.2f}', cast(value as double)), '0'), '.'),
      case sex when 'F' then $female_en when 'M' then $male_en end, '—') as value_en
  from audit_told
)
select finding_id,
  case when outcome = 'hit' then '' else $lacking_zh end || replace(replace(replace(replace(replace(replace(replace(said_zh,
    '{day}', day), '{count}', count), '{limit}', limit_value), '{value}', value_zh), '{amount}', amount),
    '{other}', other_zh), '{item}', item_zh) as explanation_zh,
  case when outcome = 'hit' then '' else $lacking_en end || replace(replace(replace(replace(replace(replace(replace(said_en,
    '{day}', day), '{count}', count), '{limit}', limit_value), '{value}', value_en), '{amount}', amount),
    '{other}', other_en), '{item}', item_en) as explanation_en
from facts
