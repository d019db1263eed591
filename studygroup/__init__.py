"""A Jupyter workbook that runs a weekly paper-reading group: list, plan, agenda, attendance, report."""

__version__ = "0.1.0"
