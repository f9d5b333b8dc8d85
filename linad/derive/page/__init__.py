"""Derivations as a page: one file of HTML that needs nothing else, no network, no font, no script of others.

An article is made of parts, whatever it is about; what makes one of a rule is :mod:`linad.derive.page.rule`.
"""

from __future__ import annotations

from linad.derive.page.article import Article, Part
from linad.derive.page.file import page
from linad.derive.page.rule import of_rule, page_of_rule
from linad.derive.page.verdict import verdict

__all__ = ["Article", "Part", "of_rule", "page", "page_of_rule", "verdict"]
