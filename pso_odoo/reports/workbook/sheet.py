"""What all sheets of the workbook have in common."""

from .layout import widest_word
from .table import Table


class Sheet:
    """One sheet: what it is called, what it tells, and how it is written.

    :param source: the :class:`Source` that it tells of
    :param sheets: all sheets of the workbook, in order
    """

    def __init__(self, source, sheets):
        self.source = source
        self.sheets = sheets
        self.measurement = source.measurement
        self.env = source.env
        self.page = None

    # What the sheet is called, and one sentence on what it tells, translated later.
    LABEL = ABOUT = None
    # How many of its first columns say what a row is, and stay in sight.
    KEY_COLUMNS = 1

    @property
    def label(self):
        """The name of the sheet, in the user's language."""
        return self.env._(self.LABEL)

    @property
    def about(self):
        """What the sheet tells, in the user's language."""
        return self.env._(self.ABOUT)

    def fill(self):
        """Write the sheet on its page."""
        raise NotImplementedError

    def write_title(self, columns):
        """Set the widths of the columns, and write what the sheet is called."""
        widths = [max(each.width, widest_word(each.label)) for each in columns]
        self.page.widths(widths, self.KEY_COLUMNS)
        self.page.title(self.label, self.about)

    def open_table(self, columns):
        """Open the main table of the sheet: its header stays in sight."""
        table = Table(self.page, columns, self.nothing)
        self.page.keep_in_sight(self.page.row)
        table.headers()
        return table

    def answer(self, value):
        return self.env._("yes") if value else self.env._("no")

    @property
    def nothing(self):
        """What an empty table says."""
        return self.env._("None")

    @staticmethod
    def quote(text):
        """Return a text as it stands within a formula."""
        return '"{}"'.format(text.replace('"', '""'))
