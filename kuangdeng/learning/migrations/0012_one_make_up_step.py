from django.db import migrations, models

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
    dependencies = [("learning", "0011_surface_trades")]

    operations = [
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.AlterField(model_name="exam", name="pass_percent", field=BAR),
        migrations.AlterField(model_name="examevent", name="pass_percent", field=BAR),
    ]
    operations = together(operations)
