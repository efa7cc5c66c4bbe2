from . import pso_workbook, pso_measurement
