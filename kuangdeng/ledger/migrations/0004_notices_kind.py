from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_notices_feed_and_outbox")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["mine_id", "subject_kind", "-received_at", "-id"], name="entry_by_kind"),
        ),
    ]
