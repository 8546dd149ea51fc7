"""Operations that only add are worked out together; what removes or changes what was added keeps its place."""

from django.db import migrations, models
from django.db.migrations.state import ProjectState

from kuangdeng.kernel.migrating import Together, together

LAMP = migrations.CreateModel("Lamp", [("id", models.BigAutoField(primary_key=True))])
NUMBER = migrations.AddField("lamp", "number", models.IntegerField(default=0))
INDEX = migrations.AddIndex("lamp", models.Index(fields=["number"], name="lamp_by_number"))
SQL = migrations.RunSQL("SELECT 1")
WIDER = migrations.AlterField("lamp", "number", models.BigIntegerField(default=0))
DROP = migrations.RemoveField("lamp", "number")


def shape(operations: list[migrations.operations.base.Operation]) -> list[object]:
    return [len(one.operations) if isinstance(one, Together) else type(one).__name__ for one in operations]


def test_what_only_adds_is_gathered_and_sql_keeps_its_place() -> None:
    assert shape(together([LAMP, NUMBER, INDEX])) == [3]
    assert shape(together([LAMP, SQL, NUMBER, INDEX])) == [1, "RunSQL", 2]
    assert shape(together([LAMP, NUMBER, DROP])) == [2, "RemoveField"]


def test_a_field_that_is_added_and_changed_in_one_migration_is_not_joined() -> None:
    assert shape(together([LAMP, NUMBER, WIDER])) == [2, 1]
    assert shape(together([NUMBER, WIDER])) == [1, 1]
    assert shape(together([WIDER, INDEX])) == [2]


def test_the_state_is_the_same_as_one_by_one() -> None:
    whole, single = ProjectState(), ProjectState()
    for one in together([LAMP, NUMBER, INDEX]):
        one.state_forwards("shed", whole)
    for one in (LAMP, NUMBER, INDEX):
        one.state_forwards("shed", single)
    assert whole.models["shed", "lamp"] == single.models["shed", "lamp"]
