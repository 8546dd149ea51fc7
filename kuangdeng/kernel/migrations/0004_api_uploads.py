import django.db.models.deletion
from django.db import migrations, models

import kuangdeng.kernel.clock


class Migration(migrations.Migration):
    """One file may have been sent by several persons: their claims move into a table of their own."""

    dependencies = [("kernel", "0003_savedview")]

    operations = [
        migrations.RemoveIndex(model_name="storedfile", name="kernel_stor_owner_i_b36c3b_idx"),
        migrations.RemoveField(model_name="storedfile", name="original_sha256"),
        migrations.RemoveField(model_name="storedfile", name="owner_id"),
        migrations.CreateModel(
            name="Upload",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("owner_id", models.UUIDField()),
                ("original_sha256", models.CharField(db_index=True, max_length=64)),
                ("original_size", models.PositiveBigIntegerField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="uploads", to="kernel.storedfile"
                    ),
                ),
                ("sent_at", models.DateTimeField(db_index=True, default=kuangdeng.kernel.clock.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["owner_id", "original_sha256"], name="upload_once")]
            },
        ),
    ]
