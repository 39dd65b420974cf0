from report_fixtures import bare, small

__all__ = ["bare", "small"]
