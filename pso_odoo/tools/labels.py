"""Values of fields as the user reads them."""


def selection_label(records, name, value=None):
    """Return what a value of a selection field is called in the user's language.

    :param records: one record; any number of the same model where a value is given
    :param value: the technical value; else that of the record
    :return: empty without a value; of one that the field does not have, itself
    """
    if value is None:
        value = records[name]
    return records._fields[name].convert_to_export(value, records)
