"""A major hazard of an old ledger may be older than every version of the catalogue that the product knows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0005_places_category_words")]

    operations = [
        migrations.RemoveConstraint("hazard", "hazard_major_version"),
        migrations.AddConstraint(
            "hazard",
            models.CheckConstraint(
                condition=models.Q(is_major=False)
                | models.Q(catalogue__isnull=False)
                | models.Q(import_run__isnull=False),
                name="hazard_major_version",
            ),
        ),
    ]
