import django.contrib.postgres.indexes
from django.db import migrations
from kuangdeng.kernel.migrating import together
from kuangdeng.learning.exams.models import Asked

ASKED_SQL = """
CREATE OR REPLACE FUNCTION kd_asked(lines jsonb) RETURNS uuid[] LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT COST 1000
AS $$ SELECT coalesce(array_agg((line->>0)::uuid), '{}'::uuid[]) FROM jsonb_array_elements(lines) AS line $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("learning", "0012_make_ups_and_managers"),
    ]

    operations = [
        migrations.RunSQL(ASKED_SQL, "DROP FUNCTION kd_asked(jsonb)"),
        migrations.AddIndex(
            model_name="examform",
            index=django.contrib.postgres.indexes.GinIndex(Asked("lines"), name="exam_form_asked"),
        ),
    ]
    operations = together(operations)
