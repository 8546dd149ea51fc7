"""Words that hint at a whole category, and the four kinds of words of a situation."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hazards", "0004_api_anonymous_quarantine")]

    operations = [
        migrations.AddField("category", "words", models.JSONField(default=list)),
        migrations.AlterField("situation", "keywords", models.JSONField(default=dict)),
    ]
