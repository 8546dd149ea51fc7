"""The ledger's tables: entries, their seals, the notices that are fed from them, and the channels by which they leave."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.ledger import rules


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
    due_at = models.DateTimeField(null=True)
    urgent = models.BooleanField(default=False)
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
    """Whether a role (or one person) gets a topic over a channel, and how: at once or gathered (`rules.Pace`)."""

    mine_id = models.UUIDField()
    role = models.CharField(max_length=40, blank=True)
    person_id = models.UUIDField(null=True)
    topic = models.CharField(max_length=60)
    channel = models.CharField(max_length=20, default="inbox")
    wanted = models.BooleanField(default=True)
    pace = models.CharField(max_length=5, choices=list(rules.PACE_LABELS.items()), default=rules.Pace.NOW)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mine_id", "role", "person_id", "topic", "channel"],
                nulls_distinct=False,
                name="one_subscription",
            )
        ]


class Habit(models.Model):
    """免打扰和汇总时间: of one person, or (`person_id` null) of the mine for all who have not said anything."""

    mine_id = models.UUIDField()
    person_id = models.UUIDField(null=True)
    quiet_from = models.TimeField(_("免打扰从"), null=True)
    quiet_until = models.TimeField(_("免打扰到"), null=True)
    daily_at = models.TimeField(_("每天汇总时间"), default=rules.DAILY_AT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine_id", "person_id"], nulls_distinct=False, name="one_habit"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="habit_quiet_pair",
            ),
        ]

    @property
    def quiet(self) -> rules.Quiet | None:
        """The quiet hours, if there are any."""
        if self.quiet_from is None or self.quiet_until is None:
            return None
        return rules.Quiet(self.quiet_from, self.quiet_until)


@tracked(exclude=["address", "secret", "paused_until", "last_ok_at", "last_error", "last_error_at"])
class Channel(models.Model):
    """通知通道: a group's robot, the SMS gateway, another system's webhook.

    Its address and secret are never shown again, stand in no history and on no ledger line. A robot of a unit
    (`unit_id`) hears only what concerns that unit and what is below. `options` is what the kind needs besides.
    `paused_until` is set when the other side says that it was too often.
    """

    class Kind(models.TextChoices):
        WECOM = "wecom", _("企业微信群机器人")
        DINGTALK = "dingtalk", _("钉钉群机器人")
        FEISHU = "feishu", _("飞书群机器人")
        SMS = "sms", _("短信网关")
        WEBHOOK = "webhook", _("其他系统（Webhook）")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine_id = models.UUIDField()
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=40)
    address = models.TextField(_("地址"))
    secret = models.TextField(_("密钥"), blank=True)
    proxy = models.CharField(_("代理"), max_length=200, blank=True)
    options = models.JSONField(default=dict)
    unit_id = models.UUIDField(null=True)
    unit_name = models.CharField(_("单位"), max_length=100, blank=True)
    topics = ArrayField(models.CharField(max_length=60), default=list)
    is_on = models.BooleanField(_("启用"), default=True)
    created_at = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(_("最近送出"), null=True)
    last_error = models.TextField(blank=True)
    last_error_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine_id", "name"], condition=Q(removed_at=None), name="channel_name"),
            models.UniqueConstraint(
                fields=["mine_id"], condition=Q(kind="sms", is_on=True, removed_at=None), name="one_sms_gateway"
            ),
            models.CheckConstraint(condition=Q(removed_at=None) | Q(is_on=False), name="channel_removed_is_off"),
        ]

    def __str__(self) -> str:
        return self.name


class Delivery(models.Model):
    """One sending over a channel outside the inbox, with its tries; unique, so nothing is sent twice.

    Either one notice to its person; or the digest of one person, with its notices as lines, for the moment
    `digest_for`; or what a ledger line tells a group (`via` and `entry`, with the words as they leave). `held`: it
    waits for the end of quiet hours or for its digest, and is dropped when it was read meanwhile. `claimed_at` is the
    lease of the process that is sending it right now; see `outbox` for why a lease that ran out is given up and not
    tried again. `tried_at` is the last try, for the rate of its channel.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("待发送")
        SENDING = "sending", _("发送中")
        SENT = "sent", _("已发送")
        DEAD = "dead", _("已放弃")
        DROPPED = "dropped", _("不用再发")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine_id = models.UUIDField()
    notice = models.ForeignKey(Notice, models.PROTECT, null=True, related_name="deliveries")
    person_id = models.UUIDField(null=True)
    via = models.ForeignKey(Channel, models.PROTECT, null=True, related_name="deliveries")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, db_index=False, related_name="+")
    topic = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)
    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=200, blank=True)
    digest_for = models.DateTimeField(null=True)
    held = models.BooleanField(default=False)
    escalation = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(default=now)
    next_try_at = models.DateTimeField(default=now)
    claimed_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel", "address"], name="one_delivery"),
            models.UniqueConstraint(fields=["via", "entry"], condition=Q(notice=None), name="one_delivery_to_a_group"),
            models.UniqueConstraint(
                fields=["person_id", "channel", "address", "digest_for"],
                condition=Q(state="waiting", digest_for__isnull=False),
                name="one_digest_waits",
            ),
            models.CheckConstraint(
                condition=Q(notice__isnull=False, entry=None, digest_for=None)
                | Q(notice=None, entry=None, digest_for__isnull=False, person_id__isnull=False)
                | Q(notice=None, entry__isnull=False, digest_for=None, via__isnull=False),
                name="delivery_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(state="sent") ^ Q(sent_at=None), name="sent_has_time"),
            models.CheckConstraint(condition=Q(state="sending") ^ Q(claimed_at=None), name="sending_has_lease"),
            models.CheckConstraint(condition=Q(state="dead") ^ Q(dead_at=None), name="dead_has_time"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["claimed_at"], condition=Q(state="sending"), name="delivery_lease"),
            models.Index(fields=["-dead_at", "id"], condition=Q(state="dead"), name="delivery_dead"),
            models.Index(fields=["via", "-tried_at"], condition=Q(via__isnull=False), name="delivery_rate"),
        ]

    @property
    def headline(self) -> str:
        """What it says, in a line."""
        if self.notice is not None:
            return self.notice.title
        return self.title or str(_("汇总"))


class DigestLine(models.Model):
    """A notice that stands in a digest."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines")
    notice = models.ForeignKey(Notice, models.PROTECT, related_name="digest_lines")

    class Meta:
        ordering = ["notice_id"]
        constraints = [models.UniqueConstraint(fields=["delivery", "notice"], name="one_digest_line")]


@tracked()
class EscalationRule(models.Model):
    """升级规则: an unread task of this topic (empty: of any) climbs to the next stronger channel after so long."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine_id = models.UUIDField()
    topic = models.CharField(_("通知类别"), max_length=60, blank=True)
    kind = models.CharField(_("算法"), max_length=5, choices=rules.AFTER, default="hours")
    hours = models.PositiveSmallIntegerField(_("小时数"), default=0)
    since = models.DateTimeField(default=now)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mine_id", "topic", "kind", "hours"], condition=Q(removed_at=None), name="one_escalation_rule"
            ),
            models.CheckConstraint(
                condition=Q(kind="shift", hours=0) | Q(kind="hours", hours__gte=1), name="escalation_after"
            ),
        ]


class Escalation(models.Model):
    """That a rule was applied to a notice: once, whatever came of it. An empty channel: he could be reached by none."""

    notice = models.ForeignKey(Notice, models.PROTECT, related_name="escalations")
    rule = models.ForeignKey(EscalationRule, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=20, blank=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notice", "rule"], name="one_escalation")]
