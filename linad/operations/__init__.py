"""The primitives and their rules, by family; each is declared once. All of them: :mod:`linad.operations.every`."""
