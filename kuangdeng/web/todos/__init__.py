"""What waits for a person in the whole product (待办), for the home page: the late first, then by the clock."""

from kuangdeng.org.api import Person
from kuangdeng.web.todos import hazards, learning
from kuangdeng.web.todos.line import Todo


def todos_of(person: Person) -> list[Todo]:
    """Every line that waits for this person."""
    found = [*hazards.todos(person), *learning.todos(person)]
    return sorted(found, key=lambda one: (not one.late, one.at))


__all__ = ["Todo", "todos_of"]
