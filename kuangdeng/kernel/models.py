"""Tables with no mine in them."""

from datetime import timedelta

from django.db import models

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7

LOST = timedelta(minutes=15)
"""After so long without an end an errand is taken for lost."""


class StoredFile(models.Model):
    """A file kept under its own sha256: whoever sends it, it is there once.

    The row is written after the bytes are durable on disk, so a row promises a file.
    """

    sha256 = models.CharField(primary_key=True, max_length=64)
    kind = models.CharField(max_length=50)
    size = models.PositiveBigIntegerField()
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    stored_at = models.DateTimeField(default=now)

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


class Upload(models.Model):
    """That one sender sent one file: his claim to attach it, for some days.

    `original_sha256` is what he sent, before re-encoding: the name under which he asks whether it arrived. Two
    persons who send the same photo have a claim each. A claim ends after some days, attached or not, so nothing
    keeps saying for ever who sent a photo (an anonymous report ends it at once).
    """

    id = models.BigAutoField(primary_key=True)
    owner_id = models.UUIDField()
    original_sha256 = models.CharField(max_length=64, db_index=True)
    original_size = models.PositiveBigIntegerField()
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="uploads")
    sent_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner_id", "original_sha256"], name="upload_once")]

    def __str__(self) -> str:
        return self.original_sha256[:12]


class Errand(models.Model):
    """Work that takes too long for a page and was handed to the worker (交后台办). The row goes when it is done;
    what was refused stays in it until the next try. `total` is nought until the worker has begun to count."""

    name = models.CharField(max_length=60, primary_key=True)
    by_id = models.UUIDField()
    asked_at = models.DateTimeField(default=now)
    refused = models.CharField(max_length=300, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    heard_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def is_moving(self) -> bool:
        """Whether it waits for the worker or is being done. What was not heard of for so long may be asked anew."""
        return not self.refused and now() - self.heard_at < LOST


class Heartbeat(models.Model):
    """When a process that nobody looks at was last seen alive; `kuangdeng doctor` reads it."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return f"{self.name} {self.at:%Y-%m-%d %H:%M:%S}"
