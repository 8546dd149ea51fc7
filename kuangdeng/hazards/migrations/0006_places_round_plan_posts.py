"""An inspection plan may be for certain posts of a role only."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0005_places_category_words")]

    operations = [
        migrations.AddField(
            "roundplan",
            "posts",
            models.CharField("岗位", blank=True, default="", max_length=100),
            preserve_default=False,
        ),
    ]
