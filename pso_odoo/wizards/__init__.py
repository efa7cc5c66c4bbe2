from . import pso_edition_import
