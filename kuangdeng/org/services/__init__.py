"""The verbs of the organisation, split by noun."""

from kuangdeng.org.services.imports import write_import
from kuangdeng.org.services.passwords import Slip, change_password, issue_passwords, may_reset_for, reset_password
from kuangdeng.org.services.persons import add_person, change_person, leave, move_person
from kuangdeng.org.services.roles import end_role, grant_role
from kuangdeng.org.services.sample import open_sample
from kuangdeng.org.services.sessions import end_sessions
from kuangdeng.org.services.tokens import create_token, revoke_token
from kuangdeng.org.services.units import (
    add_unit,
    change_unit,
    close_unit,
    found_mine,
    move_unit,
    rename_unit,
    resume_founding,
    set_branch,
)

__all__ = [
    "Slip",
    "add_person",
    "add_unit",
    "change_password",
    "change_person",
    "change_unit",
    "close_unit",
    "create_token",
    "end_role",
    "end_sessions",
    "found_mine",
    "grant_role",
    "issue_passwords",
    "leave",
    "may_reset_for",
    "move_person",
    "move_unit",
    "open_sample",
    "rename_unit",
    "reset_password",
    "resume_founding",
    "revoke_token",
    "set_branch",
    "write_import",
]
