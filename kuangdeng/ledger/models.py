"""The ledger's tables: entries, their seals, and the notices that are fed from them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.ids import uuid7


class Entry(models.Model):
    """One line of the ledger: who did what, to which thing, where, when. The database refuses to change it.

    `occurred_at` is when it happened as said, `received_at` when this server learned of it. `digest` is computed by
    the database over all other columns at insert. `source_key` makes a repeated delivery of the same fact one line.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine_id = models.UUIDField()
    by_id = models.UUIDField(null=True)
    by_name = models.CharField(max_length=60)
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=60)
    subject_label = models.CharField(max_length=200)
    unit_id = models.UUIDField(null=True)
    unit_name = models.CharField(max_length=100, blank=True)
    place_id = models.UUIDField(null=True)
    place_name = models.CharField(max_length=300, blank=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    quantity = models.DecimalField(max_digits=14, decimal_places=3, default=1)
    payload = models.JSONField(default=dict)
    source_key = models.CharField(max_length=200, null=True, unique=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    digest = models.BinaryField(max_length=32, editable=False, default=b"")

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "id"], name="entry_by_subject"),
            models.Index(fields=["mine_id", "-received_at", "-id"], name="entry_by_time"),
            models.Index(fields=["mine_id", "-occurred_at", "-id"], name="entry_by_occurred"),
            models.Index(fields=["mine_id", "unit_id", "-received_at", "-id"], name="entry_by_unit"),
            models.Index(fields=["mine_id", "by_id", "-received_at", "-id"], name="entry_by_person"),
            models.Index(fields=["mine_id", "verb", "-received_at", "-id"], name="entry_by_verb"),
            models.Index(fields=["mine_id", "place_id", "-received_at", "-id"], name="entry_by_place"),
            models.Index(fields=["mine_id", "subject_kind", "-received_at", "-id"], name="entry_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.verb} {self.subject_label}"


class PendingEntry(models.Model):
    """An entry that no seal holds yet; the insert trigger adds it, sealing takes it away."""

    entry = models.OneToOneField(Entry, models.DO_NOTHING, primary_key=True, db_constraint=False)
    mine_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["mine_id", "entry"], name="pending_by_mine")]


class Seal(models.Model):
    """An entry's place in its mine's chain: chain = sha256(previous chain + digest).

    Sealing happens just after the verbs committed, by one sealer per mine, so verbs never wait for each other's
    place in the chain. The order of seals is also the feed that notices and scores read.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True)
    mine_id = models.UUIDField()
    seq = models.BigIntegerField()
    chain = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine_id", "seq"], name="seal_order")]


class Cursor(models.Model):
    """How far a reader of the feed has come in a mine's chain."""

    reader = models.CharField(max_length=60)
    mine_id = models.UUIDField()
    seq = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "mine_id"], name="one_cursor")]


class FeedProblem(models.Model):
    """An entry that a reader of the feed could not take: put aside, tried again, given up after some tries.

    The feed itself goes on. `given_up_at` set means that a person has to look; the entry stays in the ledger.
    """

    reader = models.CharField(max_length=60)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")
    mine_id = models.UUIDField()
    tries = models.PositiveSmallIntegerField(default=1)
    error = models.TextField()
    first_at = models.DateTimeField(default=now)
    next_try_at = models.DateTimeField()
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["reader", "entry"], name="one_feed_problem")]
        indexes = [models.Index(fields=["reader", "next_try_at"], condition=Q(given_up_at=None), name="feed_retry")]


class Notice(models.Model):
    """One line in a person's inbox about one entry, with the link where he acts.

    Delivered when it stands in the inbox, read when he opened it, acted when the thing it asked for was done, by him
    or by somebody else. `role` is the role in which he was told, empty when it was meant for him as a person.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine_id = models.UUIDField()
    person_id = models.UUIDField()
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="notices")
    subject_kind = models.CharField(max_length=40, default="")
    subject_id = models.CharField(max_length=60, default="")
    topic = models.CharField(max_length=60)
    role = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300)
    must_act = models.BooleanField(default=False)
    delivered_at = models.DateTimeField(default=now)
    read_at = models.DateTimeField(null=True)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "person_id"], name="one_notice_per_person")]
        indexes = [
            models.Index(fields=["person_id", "-id"], name="notice_inbox"),
            models.Index(fields=["person_id", "-id"], condition=Q(read_at=None, acted_at=None), name="notice_unread"),
            models.Index(fields=["person_id", "-id"], condition=Q(must_act=True, acted_at=None), name="notice_to_do"),
            models.Index(
                fields=["subject_kind", "subject_id"], condition=Q(must_act=True, acted_at=None), name="notice_open"
            ),
        ]


class Subscription(models.Model):
    """Whether a role (or one person) gets a topic, and by which channel besides the inbox."""

    mine_id = models.UUIDField()
    role = models.CharField(max_length=40, blank=True)
    person_id = models.UUIDField(null=True)
    topic = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, default="inbox")
    wanted = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mine_id", "role", "person_id", "topic", "channel"],
                nulls_distinct=False,
                name="one_subscription",
            )
        ]


class Delivery(models.Model):
    """One sending of a notice over a channel outside the inbox, with its tries; unique, so nothing is sent twice.

    `claimed_at` is the lease of the process that is sending it right now; see `outbox` for why a lease that ran out is
    given up and not tried again.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发送")
        DEAD = "dead", _("已放弃")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "address"], name="one_delivery"),
            models.CheckConstraint(condition=Q(state="sent") ^ Q(sent_at=None), name="sent_has_time"),
            models.CheckConstraint(condition=Q(state="sending") ^ Q(claimed_at=None), name="sending_has_lease"),
            models.CheckConstraint(condition=Q(state="dead") ^ Q(dead_at=None), name="dead_has_time"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_lease"),
            models.Index(fields=["-dead_at", "id"], condition=Q(state="dead"), name="delivery_dead"),
        ]
