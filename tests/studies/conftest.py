from costed import costed
from eras_hospital import eras
from report_fixtures import bare, small

__all__ = ["bare", "costed", "eras", "small"]
