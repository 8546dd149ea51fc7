"""Tables with no mine in them."""

from django.db import models

from kuangdeng.kernel.clock import now


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
