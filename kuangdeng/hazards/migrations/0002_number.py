from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("hazards", "0001_initial")]
    operations = [migrations.RunSQL("CREATE SEQUENCE hazard_numbers", "DROP SEQUENCE hazard_numbers")]
