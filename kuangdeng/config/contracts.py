"""The contract that import-linter does not bring along: other packages enter by the front door only."""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class FrontDoorContract(Contract):
    """Whoever is outside a package imports its `doors` (its `api`, its test kit) and nothing behind them."""

    packages = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    outsiders_ignored = fields.SetField(subfield=fields.StringField(), required=False, default=set())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        """List every import that climbs in through a window."""
        found: list[tuple[str, str, int]] = []
        for package in sorted(_words(self.packages)):
            doors = {f"{package}.{door}" for door in _words(self.doors)}
            for module in sorted({package, *graph.find_descendants(package)}):
                if module == package or any(module == door or module.startswith(f"{door}.") for door in doors):
                    continue
                found += self._windows(graph, package, module)
        return ContractCheck(kept=not found, metadata={"found": found})

    def _windows(self, graph: ImportGraph, package: str, module: str) -> list[tuple[str, str, int]]:
        ignored = tuple(_words(self.outsiders_ignored))
        found = []
        for importer in sorted(graph.find_modules_that_directly_import(module)):
            inside = importer == package or importer.startswith(f"{package}.")
            # A test may look behind the door to see what really happened.
            if inside or ".tests." in importer or importer.startswith(ignored or ("\0",)):
                continue
            details = graph.get_import_details(importer=importer, imported=module)
            found.append((importer, module, details[0]["line_number"] if details else 0))
        return found

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who climbed in where."""
        rows: list[Any] = check.metadata["found"]
        for importer, module, line in rows:
            output.print_error(f"{importer}:{line} imports {module}: use its api", bold=False)
            output.new_line()


def _words(field: Any) -> list[str]:
    """What a field of the contract holds once the settings have been read."""
    return [str(one) for one in field or ()]
