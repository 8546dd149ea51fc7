"""State tables: the only place where one state follows another."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kuangdeng.kernel.errors import Refused


@dataclass(frozen=True)
class Step:
    """One line of a state table: `verb` leads from `source` to `target`. A None source is the beginning."""

    verb: str
    source: str | None
    target: str


class Flow:
    """A state table with the Chinese labels of its states and verbs."""

    def __init__(self, steps: Iterable[Step], *, states: Mapping[str, object], verbs: Mapping[str, object]) -> None:
        self.steps = tuple(steps)
        self.states = states
        self.verbs = verbs
        self._next = {(step.verb, step.source): step.target for step in self.steps}
        if len(self._next) != len(self.steps):
            raise ValueError("a state table names two targets for one verb and state")

    def allows(self, verb: str, status: str | None) -> bool:
        """Whether `verb` may happen in `status`."""
        return (verb, status) in self._next

    def target(self, verb: str, status: str | None) -> str:
        """The state after `verb`. Refused, in words, when the verb does not start from `status`."""
        try:
            return self._next[verb, status]
        except KeyError:
            now = self.states.get(status or "", "—")
            raise Refused(
                _("现在的状态是「%(now)s」，不能%(verb)s。请刷新页面，按页面上给出的下一步办理。")
                % {"now": now, "verb": self.verbs[verb]},
                code="wrong_state",
            ) from None

    def from_(self, status: str | None) -> list[str]:
        """Verbs that may happen in `status`, in the table's order."""
        return [step.verb for step in self.steps if step.source == status]

    def sources(self, verb: str) -> list[str | None]:
        """States in which `verb` may happen."""
        return [step.source for step in self.steps if step.verb == verb]

    def mermaid(self) -> str:
        """The table as a Mermaid state diagram, for docs/states/."""
        lines = ["stateDiagram-v2"]
        lines += [f"    {name}: {label}" for name, label in self.states.items()]
        for step in self.steps:
            lines.append(f"    {step.source or '[*]'} --> {step.target}: {self.verbs[step.verb]}")
        ends = set(self.states) - {step.source for step in self.steps if step.source}
        lines += [f"    {name} --> [*]" for name in self.states if name in ends]
        return "\n".join(lines) + "\n"
