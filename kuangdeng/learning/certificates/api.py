"""Front door of the certificates, for the files, the home page, the demo mine and the documents."""

from kuangdeng.learning.certificates.importing import take_in
from kuangdeng.learning.certificates.models import Certificate, CertificateType
from kuangdeng.learning.certificates.queries import (
    Waiting,
    barred,
    ends_within,
    nearest_end,
    of_person,
    types_in_use,
    waiting_for,
)
from kuangdeng.learning.certificates.rules import FLOW, STATUS_LABELS
from kuangdeng.learning.certificates.services import (
    CertificateData,
    TypeData,
    confirm_import,
    issue_certificate,
    publish_barred,
    renew_certificate,
    save_surface_trades,
    save_type,
    set_up_certificates,
)

__all__ = [
    "FLOW",
    "STATUS_LABELS",
    "Certificate",
    "CertificateData",
    "CertificateType",
    "TypeData",
    "Waiting",
    "barred",
    "confirm_import",
    "ends_within",
    "issue_certificate",
    "nearest_end",
    "of_person",
    "publish_barred",
    "renew_certificate",
    "save_surface_trades",
    "save_type",
    "set_up_certificates",
    "take_in",
    "types_in_use",
    "waiting_for",
]
