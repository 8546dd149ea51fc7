"""How the system says no to a person."""


class Refused(Exception):
    """What a person asked for cannot be done; `message` is a Chinese sentence: what is wrong, where, what to do.

    `field` names the form field it belongs to, if one; `code` is stable for programs.
    """

    def __init__(self, message: object, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


class NotVisible(Exception):
    """There is no such thing for this person; pages answer 404, whether it exists or not."""
