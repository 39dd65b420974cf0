from costed import costed
from report_fixtures import bare, pages, small

__all__ = ["bare", "costed", "pages", "small"]
