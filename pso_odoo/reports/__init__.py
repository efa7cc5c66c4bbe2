from . import analysis, bundle, dashboard, paper, workbook
