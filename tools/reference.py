"""The pages of the public names, made from signatures and docstrings while the site is built.

A module is told in full, or, where its names and signatures are NumPy's or SciPy's, as a table of first sentences.
"""

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from textwrap import fill
from types import ModuleType

IN_FULL = (
    "linad",
    "linad.linalg",
    "linad.optimize",
    "linad.derive",
    "linad.check",
    "linad.kinds",
    "linad.errors",
)
AS_TABLES = ("linad.numpy", "linad.numpy.linalg", "linad.numpy.fft", "linad.special", "linad.stats")
MODULES = IN_FULL + AS_TABLES
ALIKE = re.compile(
    r"\n\nArguments, results and errors are those of .*", re.DOTALL
)  # the page's first sentence
ROLE = re.compile(r":\w+:`~?([^`]+)`")
LISTS = ("Parameters", "Returns", "Yields", "Raises", "Attributes")


def pages() -> dict[str, str]:
    """Each page of the reference, by its path under docs/."""
    return {"reference/index.md": contents(), **{f"reference/{name}.md": page(name) for name in MODULES}}


def contents() -> str:
    rows = (f"| [{name}]({name}.md) | {cell(first_sentence(module(name)))} |" for name in MODULES)
    return "\n".join(
        ["# Reference", "", "Made from the docstrings.", "", "| module | |", "|---|---|", *rows, ""]
    )


def module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError:  # linad.kinds is a public name of another module
        owner, _, last = name.rpartition(".")
        found: ModuleType = getattr(import_module(owner), last)
        return found


def names(owner: ModuleType) -> list[str]:
    """The public names that are no modules: those have pages of their own."""
    public = [name for name in getattr(owner, "__all__", vars(owner)) if not name.startswith("_")]
    return sorted((n for n in public if not isinstance(getattr(owner, n), ModuleType)), key=str.casefold)


def page(name: str) -> str:
    owner = module(name)
    head = [f"# {name}", "", markdown(inspect.getdoc(owner) or ""), ""]
    if name in IN_FULL:
        return "\n".join([*head, *(entry(owner, own) for own in names(owner))])
    rows = (f"| `{own}` | {cell(first_sentence(getattr(owner, own)))} |" for own in names(owner))
    return "\n".join([*head, "| name | |", "|---|---|", *rows, ""])


def entry(owner: ModuleType, name: str) -> str:
    """A name, how it is called, and its docstring; of a class its own methods, too."""
    thing = getattr(owner, name)
    if not callable(thing):
        return f"## {name}\n\nA constant: `{type(thing).__name__}`.\n"
    if not thing.__module__.startswith("linad") and not hasattr(thing, "traced"):  # no door
        return f"## {name}\n\n{first_sentence(thing)} It is SciPy's own, as it is.\n"
    kind = "class " if inspect.isclass(thing) else ""
    parts = [
        f"## {name}",
        f"```python\n{wrapped(f'{kind}{name}{signature(thing)}')}\n```",
        markdown(ALIKE.sub("", inspect.getdoc(thing) or "")),
    ]
    if inspect.isclass(thing) and not issubclass(thing, BaseException):
        parts.append("\n".join(methods(thing)))
    return "\n\n".join(part for part in parts if part) + "\n"


def methods(owner: type) -> Iterator[str]:
    """A line about each method and property that has a docstring; `apply` and the like are the engine's."""
    for name, method in vars(owner).items():
        if name.startswith(("_", "apply")) or not getattr(method, "__doc__", None):
            continue
        if isinstance(method, property):
            yield f"- `.{name}`: {first_sentence(method)}"
        elif inspect.isfunction(method):
            called = re.sub(r"^\(\w+(, )?", "(", signature(method))  # without self
            yield f"- `.{name}{called}`: {first_sentence(method)}"


def signature(thing: object) -> str:
    """How it is called, annotations left out: the docstring tells what is meant."""
    assert callable(thing)
    try:
        found = inspect.signature(thing)
    except (TypeError, ValueError):  # written in C, without a signature
        return "(...)"
    bare = [p.replace(annotation=p.empty) for p in found.parameters.values()]
    told = str(found.replace(parameters=bare, return_annotation=found.empty))
    return re.sub(r"<(?:[^<>]|<\w+>)*>", "...", told)  # a default that has no spelling


def wrapped(call: str) -> str:
    """A call in lines that a page has room for."""
    return fill(call, 88, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)


def first_sentence(thing: object) -> str:
    paragraph = (inspect.getdoc(thing) or "").partition("\n\n")[0]
    return inline(" ".join(paragraph.split()))


def cell(text: str) -> str:
    return text.replace("|", "\\|")


def inline(text: str) -> str:
    return ROLE.sub(r"`\1`", text).replace("``", "`")


def markdown(docstring: str) -> str:
    """A docstring in NumPy's style as Markdown.

    >>> print(markdown("Twice.\\n\\nParameters\\n----------\\nx\\n    A ``number``.\\n"))
    Twice.
    <BLANKLINE>
    **Parameters**
    <BLANKLINE>
    - `x`: A `number`.
    """
    title, *sections = re.split(r"^(\w[\w ]*)\n-{3,}\n", docstring, flags=re.MULTILINE)
    parts = [prose(title)]
    for name, body in zip(sections[::2], sections[1::2], strict=True):
        parts += [f"**{name}**", definitions(body) if name in LISTS else prose(body)]
    return "\n\n".join(part for part in parts if part)


def definitions(body: str) -> str:
    """Terms that begin a line, and what is indented under them; sentences may follow, which stand alone."""
    blocks = re.split(r"\n{2,}(?! )", body.strip("\n"))
    return "\n\n".join(
        inline(" ".join(block.split())) if block.endswith(".") and "\n " not in block else terms(block)
        for block in blocks
    )


def terms(block: str) -> str:
    items = re.findall(r"^(\S.*)\n((?:[ ]+.*\n?|\n)*)", block + "\n", flags=re.MULTILINE)
    return "\n".join(
        f"- `{term}`: {inline(' '.join(told.split()))}".removesuffix(": ") for term, told in items
    )


def prose(text: str) -> str:
    """Paragraphs; those of examples, and indented ones, keep their lines."""
    blocks: list[str] = []
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        if paragraph.lstrip().startswith(">>>"):
            blocks.append(f"```pycon\n{inspect.cleandoc(paragraph)}\n```")
        elif paragraph.startswith(" ") or re.search(r"\S {3,}\S", paragraph):  # aligned columns
            lines = re.sub(
                r"^[= ]+\n?", "", paragraph, flags=re.MULTILINE
            ).rstrip()  # a table, without its frame
            blocks.append("\n".join(["```text", ROLE.sub(r"\1", lines), "```"]))
        else:
            blocks.append(inline(paragraph))
    return "\n\n".join(blocks)
