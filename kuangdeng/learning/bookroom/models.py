"""Tables of the book rooms. One open loan for each copy is a constraint: two kiosks cannot lend one book."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kuangdeng.kernel.clock import now
from kuangdeng.kernel.history import tracked
from kuangdeng.kernel.ids import uuid7
from kuangdeng.kernel.search import Pieces
from kuangdeng.learning.bookroom import rules
from kuangdeng.learning.bookroom.rules import CopyStatus, NoteStatus, ReservationStatus
from kuangdeng.org.api import Mine, Person, Unit

OPEN = Q(ended_at=None)


@tracked()
class Room(models.Model):
    """职工书屋: one room. `code` begins the barcodes of its copies, `next_number` is the next of them."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="book_rooms")
    code = models.CharField(_("代号"), max_length=2)
    name = models.CharField(_("名称"), max_length=40)
    place_text = models.CharField(_("在哪里"), max_length=100, blank=True)
    hours = models.CharField(_("开放时间"), max_length=100, blank=True)
    next_number = models.PositiveIntegerField(default=1)
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "code"], name="book_room_code"),
            models.UniqueConstraint(fields=["mine", "name"], name="book_room_name"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked()
class LoanRule(models.Model):
    """借阅规则 from a day on: how long, how many, how often. The newest row that has begun holds."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="loan_rules")
    valid_from = models.DateField(_("从哪天起"))
    days = models.PositiveSmallIntegerField(_("借期（天）"))
    most = models.PositiveSmallIntegerField(_("每人最多借几册"))
    renewals = models.PositiveSmallIntegerField(_("最多续借几次"))
    renew_days = models.PositiveSmallIntegerField(_("每次续几天"))
    hold_days = models.PositiveSmallIntegerField(_("预约的书留几天"))
    remind_before = models.PositiveSmallIntegerField(_("到期前几天提醒"))
    remind_every = models.PositiveSmallIntegerField(_("超期后每隔几天催还"))
    block_late = models.BooleanField(_("有超期未还的不能再借"))
    number_at_kiosk = models.BooleanField(_("自助机上可以只用工号"))
    source = models.CharField(_("依据"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("已确认"), default=False)

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "valid_from"], name="loan_rule_a_day"),
            models.CheckConstraint(
                condition=Q(days__gte=1, most__gte=1, renew_days__gte=1, hold_days__gte=1, remind_every__gte=1),
                name="loan_rule_counts",
            ),
        ]

    @property
    def terms(self) -> rules.Terms:
        """The row as the verbs use it."""
        return rules.Terms(
            self.days, self.most, self.renewals, self.renew_days, self.hold_days, self.remind_before, self.remind_every,
            self.block_late, self.number_at_kiosk,
        )  # fmt: skip


@tracked(exclude=["marc_rest", "search_text"])
class Title(models.Model):
    """书目: one work in one edition. `marc_rest` are the fields of its MARC record that have no column here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="book_titles")
    isbn = models.CharField("ISBN", max_length=13, blank=True)
    title = models.CharField(_("书名"), max_length=300)
    subtitle = models.CharField(_("副书名"), max_length=300, blank=True)
    author = models.CharField(_("作者"), max_length=300, blank=True)
    publisher = models.CharField(_("出版社"), max_length=200, blank=True)
    place = models.CharField(_("出版地"), max_length=100, blank=True)
    year = models.CharField(_("出版年"), max_length=20, blank=True)
    edition = models.CharField(_("版次"), max_length=100, blank=True)
    pages = models.CharField(_("页数"), max_length=100, blank=True)
    price = models.CharField(_("定价"), max_length=60, blank=True)
    series = models.CharField(_("丛书"), max_length=300, blank=True)
    language = models.CharField(_("语种"), max_length=3, blank=True, default="chi")
    class_number = models.CharField(_("分类号"), max_length=60, blank=True)
    main_class = models.CharField(max_length=1, blank=True, editable=False)
    subjects = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    summary = models.TextField(_("内容简介"), blank=True)
    remark = models.CharField(_("备注"), max_length=100, blank=True)
    marc_form = models.CharField(max_length=8, blank=True, editable=False)
    marc_rest = models.JSONField(default=list, blank=True, editable=False)
    work_key = models.CharField(max_length=700, editable=False)
    search_text = models.TextField(blank=True, editable=False)
    added_at = models.DateTimeField(_("编目时间"), default=now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mine", "isbn"], condition=~Q(isbn=""), name="book_isbn_once"),
            models.CheckConstraint(condition=Q(isbn="") | Q(isbn__regex=r"^[0-9]{13}$"), name="book_isbn_digits"),
        ]
        indexes = [
            models.Index(fields=["mine", "-added_at", "-id"], name="book_by_time"),
            models.Index(fields=["mine", "main_class", "class_number", "id"], name="book_by_class"),
            models.Index(fields=["mine", "work_key"], name="book_by_work"),
            GinIndex(Pieces(F("search_text")), name="book_search"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_isbn(self) -> str:
        """The ISBN with its hyphens."""
        return rules.shown_isbn(self.isbn)


@tracked()
class Copy(models.Model):
    """馆藏册: one copy in a room, known by its barcode."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="book_copies")
    title = models.ForeignKey(Title, models.PROTECT, related_name="copies")
    room = models.ForeignKey(Room, models.PROTECT, db_index=False, related_name="copies")
    barcode = models.CharField(_("条码"), max_length=30)
    status = models.CharField(max_length=10, choices=list(rules.COPY_LABELS.items()), default=CopyStatus.IN_USE)
    status_note = models.CharField(max_length=200, blank=True)
    amends = models.CharField(max_length=10, choices=list(rules.AMENDS_LABELS.items()), blank=True)
    added_at = models.DateTimeField(_("入藏时间"), default=now)

    class Meta:
        ordering = ["barcode"]
        constraints = [
            models.UniqueConstraint(fields=["mine", "barcode"], name="book_barcode_once"),
            models.CheckConstraint(
                condition=~Q(status=CopyStatus.LOST) & Q(amends="")
                | Q(status=CopyStatus.LOST) & ~Q(amends="")
                | Q(status=CopyStatus.WITHDRAWN),
                name="book_amends_of_lost",
            ),
        ]
        indexes = [models.Index(fields=["room", "barcode"], name="book_copy_by_room")]

    def __str__(self) -> str:
        return self.barcode


@tracked()
class Kiosk(models.Model):
    """自助机: a shared device in a room on which readers borrow without signing in; its secret stays on the device."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="book_kiosks")
    room = models.ForeignKey(Room, models.PROTECT, related_name="kiosks")
    name = models.CharField(_("名称"), max_length=40)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    opened_at = models.DateTimeField(default=now)
    opened_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


@tracked()
class WorkCard(models.Model):
    """工作证: the number that a card reader reads, when it is not the employee number itself."""

    mine = models.ForeignKey(Mine, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="work_cards")
    number = models.CharField(_("卡号"), max_length=40)
    bound_at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mine", "number"], name="work_card_once")]


@tracked()
class Loan(models.Model):
    """借阅: one copy with one person, until it is given back or lost. `unit` is the person's unit of that day."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="book_loans")
    copy = models.ForeignKey(Copy, models.PROTECT, related_name="loans")
    title = models.ForeignKey(Title, models.PROTECT, related_name="loans")
    room = models.ForeignKey(Room, models.PROTECT, db_index=False, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="book_loans")
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, db_index=False, related_name="+")
    lent_at = models.DateTimeField(_("借出时间"), default=now)
    lent_by = models.ForeignKey(Person, models.PROTECT, null=True, db_index=False, related_name="+")
    way = models.CharField(max_length=6, choices=list(rules.WAY_LABELS.items()), default=rules.Way.DESK)
    due_on = models.DateField(_("应还日期"))
    renewals = models.PositiveSmallIntegerField(_("续借次数"), default=0)
    ended_at = models.DateTimeField(_("归还时间"), null=True)
    ending = models.CharField(max_length=10, choices=list(rules.ENDING_LABELS.items()), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["copy"], condition=OPEN, name="one_open_loan_per_copy"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | Q(ended_at__isnull=False) & ~Q(ending=""), name="loan_ending"
            ),
            models.CheckConstraint(condition=Q(ended_at=None) | Q(ended_at__gte=F("lent_at")), name="loan_in_order"),
        ]
        indexes = [
            models.Index(fields=["mine", "due_on", "id"], condition=OPEN, name="loan_open_by_due"),
            models.Index(fields=["person", "-lent_at"], name="loan_by_person"),
            models.Index(fields=["mine", "-lent_at", "-id"], name="loan_by_time"),
        ]


class Reminder(models.Model):
    """催还: that somebody was told of one due date of one loan, each step once."""

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="reminders")
    due_on = models.DateField()
    step = models.CharField(max_length=10)
    count = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["loan", "due_on", "step", "count"], name="book_reminder_once")]


@tracked()
class Reservation(models.Model):
    """预约: a place in the queue for a title; the copy that is held and until when, once one is there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="book_reservations")
    title = models.ForeignKey(Title, models.PROTECT, related_name="reservations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="book_reservations")
    status = models.CharField(
        max_length=10, choices=list(rules.RESERVATION_LABELS.items()), default=ReservationStatus.WAITING
    )
    made_at = models.DateTimeField(_("预约时间"), default=now)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True, related_name="holds")
    ready_at = models.DateTimeField(null=True)
    held_until = models.DateField(_("留到"), null=True)

    class Meta:
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "title"], condition=Q(status__in=rules.OPEN_RESERVATIONS), name="one_reservation_each"
            ),
            models.UniqueConstraint(
                fields=["copy"], condition=Q(status=ReservationStatus.READY), name="one_hold_per_copy"
            ),
            models.CheckConstraint(
                condition=~Q(status=ReservationStatus.READY)
                | Q(copy__isnull=False, ready_at__isnull=False, held_until__isnull=False),
                name="hold_has_a_copy",
            ),
        ]


@tracked()
class ReadingNote(models.Model):
    """读书心得: what a reader writes about a book; the whole mine reads it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, db_index=False, related_name="reading_notes")
    title = models.ForeignKey(Title, models.PROTECT, related_name="notes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="reading_notes")
    unit_name = models.CharField(max_length=60, blank=True)
    text = models.TextField(_("心得"))
    written_at = models.DateTimeField(default=now)
    status = models.CharField(max_length=10, choices=list(rules.NOTE_LABELS.items()), default=NoteStatus.SHOWN)
    hidden_reason = models.CharField(max_length=200, blank=True)
    picked_at = models.DateTimeField(_("推荐时间"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status=NoteStatus.SHOWN, hidden_reason="")
                | Q(status=NoteStatus.HIDDEN, picked_at=None) & ~Q(hidden_reason=""),
                name="note_hidden_with_reason",
            )
        ]
        indexes = [models.Index(fields=["mine", "-written_at", "-id"], name="note_by_time")]


class NoteReport(models.Model):
    """举报: somebody finds that a note should not stand there; the librarian decides. Who reported is told to nobody."""

    note = models.ForeignKey(ReadingNote, models.PROTECT, related_name="reports")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    reason = models.CharField(_("为什么举报"), max_length=200)
    at = models.DateTimeField(default=now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["note", "person"], name="note_reported_once")]


@tracked()
class StockTake(models.Model):
    """盘点: the copies of one room are scanned; `result` is what was found when it was finished."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="stock_takes")
    room = models.ForeignKey(Room, models.PROTECT, related_name="stock_takes")
    started_at = models.DateTimeField(_("开始时间"), default=now)
    started_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    finished_at = models.DateTimeField(_("结束时间"), null=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(fields=["room"], condition=Q(finished_at=None), name="one_open_stock_take")
        ]


class StockScan(models.Model):
    """One barcode that was scanned in a stock-taking; `copy` is None when nobody knows it."""

    stock_take = models.ForeignKey(StockTake, models.CASCADE, related_name="scans")
    barcode = models.CharField(max_length=30)
    copy = models.ForeignKey(Copy, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["stock_take", "barcode"], name="stock_scan_once")]


class DueCalendar(models.Model):
    """还书日历: the secret address under which a person's calendar program reads his due dates; only its digest is kept."""

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="book_calendar")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(default=now)


class BookImport(models.Model):
    """A file of records on its way in: read, shown with what is damaged, then written whole or thrown away."""

    class State(models.TextChoices):
        PREVIEW = "preview", _("待确认")
        DONE = "done", _("已写入")
        DROPPED = "dropped", _("已放弃")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    mine = models.ForeignKey(Mine, models.PROTECT, related_name="book_imports")
    file_name = models.CharField(max_length=200)
    file_sha256 = models.CharField(max_length=64)
    form = models.CharField(_("格式"), max_length=60)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    records = models.PositiveIntegerField(default=0)
    drafts = models.JSONField(default=list)
    problems = models.JSONField(default=list)
    written = models.JSONField(default=dict)

    class Meta:
        ordering = ["-at"]
