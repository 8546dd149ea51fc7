"""The verbs of the certificates."""

from kuangdeng.learning.certificates.services.certificates import (
    CertificateData,
    TypeData,
    correct_certificate,
    issue_certificate,
    remind,
    renew_certificate,
    revoke_certificate,
    save_type,
    set_up_certificates,
)
from kuangdeng.learning.certificates.services.lists import confirm_import, drop_import, publish_barred
from kuangdeng.learning.certificates.services.managers import remind_manager
from kuangdeng.learning.certificates.services.surface import save_surface_trades

__all__ = [
    "CertificateData",
    "TypeData",
    "confirm_import",
    "correct_certificate",
    "drop_import",
    "issue_certificate",
    "publish_barred",
    "remind",
    "remind_manager",
    "renew_certificate",
    "revoke_certificate",
    "save_surface_trades",
    "save_type",
    "set_up_certificates",
]
