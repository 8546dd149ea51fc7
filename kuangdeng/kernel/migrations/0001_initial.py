from django.db import migrations, models

import kuangdeng.kernel.clock
from kuangdeng.kernel.search import PIECES_SQL


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []

    operations = [
        migrations.RunSQL(PIECES_SQL, "DROP FUNCTION kd_pieces(text)"),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=50)),
                ("size", models.PositiveBigIntegerField()),
                ("width", models.PositiveIntegerField(null=True)),
                ("height", models.PositiveIntegerField(null=True)),
                ("original_sha256", models.CharField(db_index=True, max_length=64)),
                ("owner_id", models.UUIDField(null=True)),
                ("stored_at", models.DateTimeField(default=kuangdeng.kernel.clock.now)),
            ],
            options={
                "indexes": [models.Index(fields=["owner_id", "-stored_at"], name="kernel_stor_owner_i_8e1b83_idx")]
            },
        ),
    ]
