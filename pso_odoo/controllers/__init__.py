from . import about_me, import_template, report, vendor, workbook
