from costed import costed
from report_fixtures import bare, small

__all__ = ["bare", "costed", "small"]
