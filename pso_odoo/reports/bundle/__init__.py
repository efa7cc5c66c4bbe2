from . import pso_bundle, pso_measurement, pso_sample
