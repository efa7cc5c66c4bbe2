from . import report, workbook
