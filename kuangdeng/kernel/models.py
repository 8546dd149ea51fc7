"""Tables with no mine in them."""

from django.db import models

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7


class StoredFile(models.Model):
    """A file kept under its own sha256: sent twice it is there once; who may see it, the contexts above decide."""

    sha256 = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=50)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    original_sha256 = models.CharField(max_length=64, db_index=True)
    """What the sender sent, before re-encoding: the name under which he asks whether it arrived."""
    owner_id = models.UUIDField(null=True)
    stored_at = models.DateTimeField(default=now)

    class Meta:
        indexes = [models.Index(fields=["owner_id", "-stored_at"])]

    def __str__(self) -> str:
        return self.sha256[:12]


class SavedView(models.Model):
    """A register as one person likes to see it (常用筛选): a name for a query. A personal preference, no fact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_id = models.UUIDField()
    register = models.CharField(max_length=60)
    name = models.CharField(max_length=40)
    querystring = models.CharField(max_length=2000, blank=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "register", "name"], name="savedview_owner_register_name")
        ]

    def __str__(self) -> str:
        return self.name


class Heartbeat(models.Model):
    """When a process that nobody looks at was last seen alive; `kuangdeng doctor` reads it."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
