from odoo.tools.translate import TranslationImporter, get_po_paths

DUTCH = "nl_NL"


def migrate(cr, version):
    """Write the Dutch of labels and views anew, which an upgrade leaves as it was.

    What records are called stays: a name of level or group may be the user's own, and
    is sealed with what was locked.
    """
    importer = TranslationImporter(cr, verbose=False)
    if not importer.env["res.lang"]._lang_get(DUTCH):
        return
    for path in get_po_paths("pso_odoo", DUTCH):
        importer.load_file(path, DUTCH)
    for found in (importer.model_translations, importer.model_terms_translations):
        for model in [name for name in found if not name.startswith("ir.")]:
            del found[model]
    importer.save(overwrite=True)
    importer.env.registry.clear_all_caches()
