"""Where a value comes from, as certificates and supplier figures keep it."""

BY_HAND = "hand"
ESTIMATE = "estimate"
OF_CERTIFICATE = [
    ("vendor", "The vendor said so"),
    ("register", "Public register"),
    ("document", "Document seen"),
    (BY_HAND, "Entered by hand"),
]
OF_FIGURE = [
    *OF_CERTIFICATE[:-1],
    (ESTIMATE, "Estimate"),
    OF_CERTIFICATE[-1],
]
