from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hazards", "0002_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE hazard_numbers", "DROP SEQUENCE hazard_numbers")]
