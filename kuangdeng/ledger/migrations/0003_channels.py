import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import kuangdeng.kernel.clock
import kuangdeng.kernel.ids
import kuangdeng.ledger.rules
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models
from kuangdeng.kernel.migrating import together


class Migration(migrations.Migration):
    dependencies = [
        ("ledger", "0002_triggers"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChannelEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=kuangdeng.kernel.ids.uuid7, editable=False, serialize=False)),
                ("mine_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "企业微信群机器人"),
                            ("dingtalk", "钉钉群机器人"),
                            ("feishu", "飞书群机器人"),
                            ("sms", "短信网关"),
                            ("webhook", "其他系统（Webhook）"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("proxy", models.CharField(blank=True, max_length=200, verbose_name="代理")),
                ("options", models.JSONField(default=dict)),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_name", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DigestLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "ordering": ["notice_id"],
            },
        ),
        migrations.CreateModel(
            name="Escalation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(blank=True, max_length=20)),
                ("at", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
            ],
        ),
        migrations.CreateModel(
            name="EscalationRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kuangdeng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mine_id", models.UUIDField()),
                ("topic", models.CharField(blank=True, max_length=60, verbose_name="通知类别")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hours", "若干小时后"), ("shift", "本班结束时")],
                        default="hours",
                        max_length=5,
                        verbose_name="算法",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(default=0, verbose_name="小时数")),
                ("since", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EscalationRuleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.UUIDField(default=kuangdeng.kernel.ids.uuid7, editable=False, serialize=False)),
                ("mine_id", models.UUIDField()),
                ("topic", models.CharField(blank=True, max_length=60, verbose_name="通知类别")),
                (
                    "kind",
                    models.CharField(
                        choices=[("hours", "若干小时后"), ("shift", "本班结束时")],
                        default="hours",
                        max_length=5,
                        verbose_name="算法",
                    ),
                ),
                ("hours", models.PositiveSmallIntegerField(default=0, verbose_name="小时数")),
                ("since", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Habit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mine_id", models.UUIDField()),
                ("person_id", models.UUIDField(null=True)),
                ("quiet_from", models.TimeField(null=True, verbose_name="免打扰从")),
                ("quiet_until", models.TimeField(null=True, verbose_name="免打扰到")),
                ("daily_at", models.TimeField(default=datetime.time(7, 30), verbose_name="每天汇总时间")),
            ],
        ),
        migrations.AddField(
            model_name="delivery",
            name="body",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="digest_for",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="entry",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ledger.entry",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="escalation",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="held",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="made_at",
            field=models.DateTimeField(default=kuangdeng.kernel.clock.now),
        ),
        migrations.AddField(model_name="delivery", name="mine_id", field=models.UUIDField(null=True)),
        migrations.AddField(model_name="delivery", name="person_id", field=models.UUIDField(null=True)),
        migrations.RunSQL(
            "UPDATE ledger_delivery d SET mine_id = n.mine_id, person_id = n.person_id"
            " FROM ledger_notice n WHERE n.id = d.notice_id",
            migrations.RunSQL.noop,
        ),
        migrations.AlterField(model_name="delivery", name="mine_id", field=models.UUIDField()),
        migrations.AddField(
            model_name="delivery",
            name="title",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="delivery",
            name="topic",
            field=models.CharField(blank=True, max_length=60),
        ),
        migrations.AddField(
            model_name="delivery",
            name="tried_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="url",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="notice",
            name="due_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="urgent",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="subscription",
            name="pace",
            field=models.CharField(
                choices=[
                    (kuangdeng.ledger.rules.Pace["NOW"], "随时发"),
                    (kuangdeng.ledger.rules.Pace["SHIFT"], "下班时汇总"),
                    (kuangdeng.ledger.rules.Pace["DAILY"], "每天汇总"),
                    (kuangdeng.ledger.rules.Pace["NONE"], "不发"),
                ],
                default=kuangdeng.ledger.rules.Pace["NOW"],
                max_length=5,
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="address",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="notice",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="ledger.notice"
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "待发送"),
                    ("sending", "发送中"),
                    ("sent", "已发送"),
                    ("dead", "已放弃"),
                    ("dropped", "不用再发"),
                ],
                default="waiting",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Channel",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kuangdeng.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mine_id", models.UUIDField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("wecom", "企业微信群机器人"),
                            ("dingtalk", "钉钉群机器人"),
                            ("feishu", "飞书群机器人"),
                            ("sms", "短信网关"),
                            ("webhook", "其他系统（Webhook）"),
                        ],
                        max_length=10,
                        verbose_name="类别",
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("address", models.TextField(verbose_name="地址")),
                ("secret", models.TextField(blank=True, verbose_name="密钥")),
                ("proxy", models.CharField(blank=True, max_length=200, verbose_name="代理")),
                ("options", models.JSONField(default=dict)),
                ("unit_id", models.UUIDField(null=True)),
                ("unit_name", models.CharField(blank=True, max_length=100, verbose_name="单位")),
                (
                    "topics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), default=list, size=None
                    ),
                ),
                ("is_on", models.BooleanField(default=True, verbose_name="启用")),
                ("created_at", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
                ("removed_at", models.DateTimeField(null=True)),
                ("paused_until", models.DateTimeField(null=True)),
                ("last_ok_at", models.DateTimeField(null=True, verbose_name="最近送出")),
                ("last_error", models.TextField(blank=True)),
                ("last_error_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("removed_at", None)), fields=("mine_id", "name"), name="channel_name"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_on", True), ("kind", "sms"), ("removed_at", None)),
                        fields=("mine_id",),
                        name="one_sms_gateway",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("removed_at", None), ("is_on", False), _connector="OR"),
                        name="channel_removed_is_off",
                    ),
                ],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channel",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."is_on" IS DISTINCT FROM (NEW."is_on") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."mine_id" IS DISTINCT FROM (NEW."mine_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."options" IS DISTINCT FROM (NEW."options") OR OLD."proxy" IS DISTINCT FROM (NEW."proxy") OR OLD."removed_at" IS DISTINCT FROM (NEW."removed_at") OR OLD."topics" IS DISTINCT FROM (NEW."topics") OR OLD."unit_id" IS DISTINCT FROM (NEW."unit_id") OR OLD."unit_name" IS DISTINCT FROM (NEW."unit_name"))',
                    func='INSERT INTO "ledger_channelevent" ("created_at", "id", "is_on", "kind", "mine_id", "name", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proxy", "removed_at", "topics", "unit_id", "unit_name") VALUES (OLD."created_at", OLD."id", OLD."is_on", OLD."kind", OLD."mine_id", OLD."name", OLD."options", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."proxy", OLD."removed_at", OLD."topics", OLD."unit_id", OLD."unit_name"); RETURN NULL;',
                    hash="6e3a7d317be80d403efb23376720d94f3893cc6e",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7d25d",
                    table="ledger_channel",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="channel",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_channelevent" ("created_at", "id", "is_on", "kind", "mine_id", "name", "options", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "proxy", "removed_at", "topics", "unit_id", "unit_name") VALUES (OLD."created_at", OLD."id", OLD."is_on", OLD."kind", OLD."mine_id", OLD."name", OLD."options", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."proxy", OLD."removed_at", OLD."topics", OLD."unit_id", OLD."unit_name"); RETURN NULL;',
                    hash="4862223b655f727468277043122f71fa6bfdcbfc",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_ab345",
                    table="ledger_channel",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="via",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="ledger.channel"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("via__isnull", False)), fields=["via", "-tried_at"], name="delivery_rate"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("notice", None)), fields=("via", "entry"), name="one_delivery_to_a_group"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("digest_for__isnull", False), ("state", "waiting")),
                fields=("person_id", "channel", "address", "digest_for"),
                name="one_digest_waits",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("digest_for", None), ("entry", None), ("notice__isnull", False)),
                    models.Q(
                        ("digest_for__isnull", False), ("entry", None), ("notice", None), ("person_id__isnull", False)
                    ),
                    models.Q(("digest_for", None), ("entry__isnull", False), ("notice", None), ("via__isnull", False)),
                    _connector="OR",
                ),
                name="delivery_of_one_thing",
            ),
        ),
        migrations.AddField(
            model_name="channelevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="channelevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="ledger.channel",
            ),
        ),
        migrations.AddField(
            model_name="digestline",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="ledger.delivery"
            ),
        ),
        migrations.AddField(
            model_name="digestline",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="digest_lines", to="ledger.notice"
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="notice",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="escalations", to="ledger.notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationrule",
            constraint=models.UniqueConstraint(
                condition=models.Q(("removed_at", None)),
                fields=("mine_id", "topic", "kind", "hours"),
                name="one_escalation_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="escalationrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hours", 0), ("kind", "shift")),
                    models.Q(("hours__gte", 1), ("kind", "hours")),
                    _connector="OR",
                ),
                name="escalation_after",
            ),
        ),
        migrations.AddField(
            model_name="escalation",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.escalationrule"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="escalationrule",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "ledger_escalationruleevent" ("hours", "id", "kind", "mine_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "since", "topic") VALUES (OLD."hours", OLD."id", OLD."kind", OLD."mine_id", _pgh_attach_context(), NOW(), \'update\', OLD."id", OLD."removed_at", OLD."since", OLD."topic"); RETURN NULL;',
                    hash="3f59c3e54b8eecd880167c0cd34c5098bb2297f9",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5912e",
                    table="ledger_escalationrule",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="escalationrule",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "ledger_escalationruleevent" ("hours", "id", "kind", "mine_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "removed_at", "since", "topic") VALUES (OLD."hours", OLD."id", OLD."kind", OLD."mine_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."removed_at", OLD."since", OLD."topic"); RETURN NULL;',
                    hash="2ce0efde4247f84b99e7833351815d08ac83e3f4",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_fe4f9",
                    table="ledger_escalationrule",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddField(
            model_name="escalationruleevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="escalationruleevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="ledger.escalationrule",
            ),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=models.UniqueConstraint(fields=("mine_id", "person_id"), name="one_habit", nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name="habit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("quiet_from", None), ("quiet_until", None)),
                    models.Q(("quiet_from__isnull", False), ("quiet_until__isnull", False)),
                    _connector="OR",
                ),
                name="habit_quiet_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="digestline",
            constraint=models.UniqueConstraint(fields=("delivery", "notice"), name="one_digest_line"),
        ),
        migrations.AddConstraint(
            model_name="escalation",
            constraint=models.UniqueConstraint(fields=("notice", "rule"), name="one_escalation"),
        ),
    ]
    operations = together(operations)
