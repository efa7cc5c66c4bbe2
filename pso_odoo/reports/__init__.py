from . import analysis, dashboard, paper, workbook
