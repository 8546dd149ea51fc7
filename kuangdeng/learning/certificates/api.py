"""Front door of the certificates, for the files, the home page, the demo mine and the documents."""

from kuangdeng.learning.certificates.importing import take_in
from kuangdeng.learning.certificates.models import Certificate, CertificateType
from kuangdeng.learning.certificates.queries import (
    of_person,
    types_in_use,
    waiting_rows,
)
from kuangdeng.learning.certificates.rules import FLOW, STATUS_LABELS
from kuangdeng.learning.certificates.services import (
    confirm_import,
    save_surface_trades,
    set_up_certificates,
)

__all__ = [
    "FLOW",
    "STATUS_LABELS",
    "Certificate",
    "CertificateType",
    "confirm_import",
    "of_person",
    "save_surface_trades",
    "set_up_certificates",
    "take_in",
    "types_in_use",
    "waiting_rows",
]
