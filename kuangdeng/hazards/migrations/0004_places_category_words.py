"""Words that hint at a whole category, and the four kinds of words of a situation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0003_number")]

    operations = [
        migrations.AddField("category", "words", models.JSONField(default=list)),
        migrations.AlterField("situation", "keywords", models.JSONField(default=dict)),
    ]
