from . import about_me, bundle, import_template, report, vendor, workbook
