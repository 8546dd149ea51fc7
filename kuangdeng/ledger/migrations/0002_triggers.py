from django.db import migrations

from kuangdeng.ledger.triggers import INSTALL, REMOVE


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(INSTALL, REMOVE)]
