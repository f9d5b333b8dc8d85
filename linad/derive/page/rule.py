"""The article on a rule: equations, matrices, the derivation, both programs, what they cost and assume, code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from linad.derive.page.article import Article, Part, code_html, row_html, rows_html, sentence
from linad.derive.page.file import page
from linad.derive.page.verdict import verdict
from linad.derive.rule import Rule
from linad.derive.running import LEAD
from linad.derive.symbolic.algebra.rational import Polynomial
from linad.derive.symbolic.algebra.words import Symbol
from linad.derive.symbolic.writing.formulas import Factor
from linad.derive.symbolic.writing.markup import Markup, element, joined
from linad.derive.symbolic.writing.mathml import definition_math, equation_math, formula_math, math
from linad.derive.symbolic.writing.notation import Notation
from linad.derive.symbolic.writing.signs import name_math, polynomial_math, sign_math, value_math
from linad.derive.symbolic.writing.steps import Line, Step
from linad.derive.table import FIELDS, trials
from linad.derive.words import imports
from linad.derive.writing import Cost, costs, steps_of

_MODES = ("tangent", "cotangent")


def page_of_rule(rule: Rule, fields: Sequence[str] = FIELDS) -> str:
    """A page on a rule, ready to be written into a file, with what verification over the fields found."""
    article = of_rule(rule)
    return page(Article(article.title, article.lead, [*article.parts, verdict(trials(rule, fields))]))


def of_rule(rule: Rule) -> Article:
    """All that is derived; a rule that cannot be derived raises, as anywhere."""
    names = [symbol.name for symbol in (*rule.inputs, *rule.outputs)]
    steps = steps_of(rule)
    notation = Notation(steps, *(rule.program(mode) for mode in _MODES))
    parts = [Part("Derivation", _steps(steps, notation, names))]
    for mode in _MODES:
        body = rows_html(row_html(formula_math(f)) for f in notation.lines(rule.program(mode), LEAD[mode]))
        parts.append(Part(mode.capitalize(), body, _operations(rule.count(mode))))
    if notation.definitions:  # complete only when all formulas are written
        parts.append(Part("Kernels", _kernels(notation), "applied entry by entry"))
    if remarks := list(_remarks(rule, names)):
        parts.append(Part("Remarks", element("dl", *remarks)))
    source = "\n\n".join(rule.source(mode).rstrip() + "\n" for mode in _MODES)
    parts.append(Part("Python", code_html("\n\n".join(filter(None, (imports(source), source))))))
    equations = [row_html(equation_math(text)) for text in rule.equations]
    return Article(rule.name, joined([rows_html(equations, "equations"), _matrices(rule)]), parts)


def _matrices(rule: Rule) -> Markup:
    """What each matrix is, the given ones first."""
    rows = []
    for role, symbols in (("given", rule.inputs), ("sought", rule.outputs)):
        rows += [_matrix(symbol, role) for symbol in symbols]
    return element("ul", *rows, class_="matrices")


def _matrix(symbol: Symbol, role: str) -> Markup:
    size = math(name_math(symbol.rows), sign_math("\N{MULTIPLICATION SIGN}"), name_math(symbol.columns))
    structure = symbol.structure.name.replace("hermitian", "Hermitian")
    told = (("name", math(name_math(symbol.name))), ("structure", structure), ("size", size), (role, role))
    return element("li", joined((element("span", text, class_=kind) for kind, text in told), " "))


def _steps(steps: Sequence[Step], notation: Notation, names: Sequence[str]) -> Markup:
    items = []
    for step in steps:
        rows = rows_html(_line(line, notation, names) for line in step.lines)
        items.append(element("li", element("span", step.label, class_="label"), rows, class_="step"))
    return element("ol", *items, class_="steps")


def _line(line: Line, notation: Notation, names: Sequence[str]) -> Markup:
    remark = sentence(line.remark, names)
    if line.formula is None:
        return element("div", element("span", remark, class_="remark"), class_="row")
    return row_html(formula_math(notation.formula(line.formula)), remark)


def _kernels(notation: Notation) -> Markup:
    return rows_html(row_html(definition_math(definition)) for definition in notation.definitions)


def _operations(count: Polynomial) -> Markup:
    return joined([math(polynomial_math(count)), " operations"])


def _remarks(rule: Rule, names: Sequence[str]) -> Iterator[Markup]:
    own = {"costs less": [_cost(cost) for cost in costs(rule)]}
    own["free"] = [joined([sentence(text, names), ": set to zero"]) for text in rule.gauge]
    own["assumes"] = [sentence(text, names) for text in rule.assumptions]
    for label, texts in own.items():
        if texts:
            yield element("dt", label)
            yield from (element("dd", text) for text in texts)


def _cost(cost: Cost) -> Markup:
    present = value_math(Factor(f"g{cost.output}", value=True))
    if cost.diagonal:
        present = element("mrow", element("mi", "diag"), sign_math("("), present, sign_math(")"))
    return joined([math(polynomial_math(cost.count)), " with only ", math(present)])
