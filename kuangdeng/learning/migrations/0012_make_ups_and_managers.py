import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kuangdeng.kernel.clock
from kuangdeng.kernel.migrating import together

FIRST = """
WITH RECURSIVE way AS (
    SELECT id, makeup_of_id AS began FROM learning_exam WHERE makeup_of_id IS NOT NULL
    UNION
    SELECT way.id, above.makeup_of_id FROM way JOIN learning_exam AS above ON above.id = way.began
    WHERE above.makeup_of_id IS NOT NULL
)
UPDATE learning_exam SET makeup_of_id = way.began FROM way
JOIN learning_exam AS first ON first.id = way.began AND first.makeup_of_id IS NULL
WHERE learning_exam.id = way.id AND learning_exam.makeup_of_id <> way.began
"""
"""A make-up of a make-up makes up the exam with which it began."""

BAR = models.DecimalField(decimal_places=2, max_digits=5, verbose_name="合格线（满分的百分之几）")


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0011_surface_trades"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.AlterField(model_name="exam", name="pass_percent", field=BAR),
        migrations.AlterField(model_name="examevent", name="pass_percent", field=BAR),
        migrations.CreateModel(
            name="ManagerReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("due_on", models.DateField()),
                ("step", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "due_on", "step"), name="manager_reminder_once")
                ],
            },
        ),
    ]
    operations = together(operations)
