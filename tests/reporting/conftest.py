from report_fixtures import bare, pages, small

__all__ = ["bare", "pages", "small"]
