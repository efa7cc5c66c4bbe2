from . import (
    pso_line_report,
    pso_status_period,
    pso_person_line,
    pso_supplier_line,
    pso_check,
    pso_edition_file,
    pso_trend,
    workbook,
)
