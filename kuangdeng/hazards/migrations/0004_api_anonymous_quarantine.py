import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """A second capture of an anonymous report does not say who sent it."""

    dependencies = [("hazards", "0003_number"), ("kernel", "0004_api_uploads")]

    operations = [
        migrations.AlterField(
            model_name="quarantine",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
    ]
