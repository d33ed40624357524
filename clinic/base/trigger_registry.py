"""pgtrigger's list of triggers, without its search through all of them for each one that is added.

pgtrigger works out the table and the function of every registered trigger whenever another is
registered. With more than five hundred of ours that was two fifths of the start of each process;
here both are kept as they come. What is refused stays the same.
"""

from typing import Any

from pgtrigger import registry

_Original: Any = registry._Registry


class QuickRegistry(_Original):
    """pgtrigger's registry, with what it looks up kept beside it."""

    tables: dict[tuple[str, str], Any]
    functions: set[str]

    @property
    def by_db_table(self) -> dict[tuple[str, str], Any]:
        """Triggers by table and name."""
        return self.tables

    @property
    def pg_function_names(self) -> set[str]:
        """The names of the triggers' functions in the database."""
        return self.functions

    def __setitem__(self, key: str, value: tuple[Any, Any]) -> None:
        super().__setitem__(key, value)
        model, trigger = value
        self.tables[model._meta.db_table, trigger.name] = trigger
        self.functions.add(trigger.get_pgid(model))

    def __delitem__(self, key: str) -> None:
        super().__delitem__(key)
        self.note_all()

    def note_all(self) -> None:
        """Work both out from all that is registered."""
        self.tables = _Original.by_db_table.fget(self)
        self.functions = _Original.pg_function_names.fget(self)


def install() -> None:
    """Put it in the place of pgtrigger's own, with what is registered already."""
    registered: Any = registry._registry
    registered.__class__ = QuickRegistry
    registered.note_all()
