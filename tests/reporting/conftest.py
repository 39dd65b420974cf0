from costed import costed
from eras_hospital import eras
from report_fixtures import bare, pages, small

__all__ = ["bare", "costed", "eras", "pages", "small"]
