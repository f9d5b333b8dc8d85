"""Imports point down only: python tools/lint_imports.py.

An area of LAYERS imports itself and the areas of lower layers, never a neighbour. Imports in functions count,
and so do `import_module("...")` and attributes such as `scipy.linalg.blas`.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

LAYERS = (  # lowest first; the last is linad itself: __init__ and __main__
    ("errors",),
    ("core", "derive.symbolic", "kernels"),
    ("operations",),
    ("numpy", "linalg", "special", "derive"),
    ("stats", "sparse"),
    ("check", "optimize"),
    ("cli",),
    ("",),
)
HEIGHT = {area: height for height, layer in enumerate(LAYERS) for area in layer}
STANDARD_LIBRARY_ONLY = {"derive.symbolic"}  # not even the layers below it
THIRD_PARTY = {"numpy", "scipy"}
THIRD_PARTY_IN_FUNCTIONS = {("check", "matplotlib")}
BLAS_AND_LAPACK = {f"scipy.linalg.{name}" for name in ("blas", "lapack", "cython_blas", "cython_lapack")}
KERNELS_ONLY = BLAS_AND_LAPACK | {"ctypes"}
SAYS_NOTHING = {"util", "utils", "misc", "helper", "helpers", "common"}
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def area_of(module: str) -> str:
    """The area of LAYERS that holds a module of linad; what no layer holds answers its own first name."""
    inside = module.removeprefix("linad").removeprefix(".").removeprefix("__main__")
    known = [area for area in HEIGHT if area and within(inside, area)]
    return max(known, key=len, default=inside.partition(".")[0])


def dotted(node: ast.AST, aliases: dict[str, str]) -> str:
    """What `sl.blas` names, given `import scipy.linalg as sl`: scipy.linalg.blas. Else the empty string."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    parent = dotted(node.value, aliases) if isinstance(node, ast.Attribute) else ""
    return f"{parent}.{node.attr}" if isinstance(node, ast.Attribute) and parent else ""


def imports(tree: ast.Module, package: str) -> Iterator[tuple[ast.stmt | ast.expr, str]]:
    """Every imported name, dotted and absolute, beside the node that imports it."""
    aliases: dict[str, str] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                for name in names:
                    top = name.name.partition(".")[0]
                    aliases[name.asname or top] = name.name if name.asname else top
                    yield node, name.name
            case ast.ImportFrom(source, names, level):
                source = resolve_name("." * level + (source or ""), package)
                for name in names:
                    aliases[name.asname or name.name] = f"{source}.{name.name}"
                    yield node, f"{source}.{name.name}"
            case ast.Call(
                ast.Name("import_module" | "__import__") | ast.Attribute(attr="import_module"),
                [ast.Constant(str(name)), *_],
            ):
                yield node, resolve_name(name, package)
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and dotted(node, aliases) in BLAS_AND_LAPACK:
            yield node, dotted(node, aliases)


def complaint(area: str, target: str, in_function: bool) -> str | None:
    """Why an area may not import a target; None if it may."""
    top = target.partition(".")[0]
    if any(within(target, name) for name in KERNELS_ONLY):
        return None if area == "kernels" else "only linad.kernels may import it"
    if top in sys.stdlib_module_names or (top == "linad" and area_of(target) == area):
        return None
    if area in STANDARD_LIBRARY_ONLY:
        return f"linad.{area} imports the standard library only"
    if top == "linad":
        down = HEIGHT.get(area_of(target), HEIGHT[""]) < HEIGHT[area]
        return None if down or not area else f"it is not below linad.{area}"
    if top in THIRD_PARTY or (in_function and (area, top) in THIRD_PARTY_IN_FUNCTIONS):
        return None
    return "linad imports the standard library, numpy and scipy only"


def findings(root: Path) -> Iterator[str]:
    for path in sorted((root / "linad").rglob("*.py")):
        place = path.relative_to(root)
        module = ".".join(place.with_suffix("").parts).removesuffix(".__init__")
        package = module if path.stem == "__init__" else module.rpartition(".")[0]
        if SAYS_NOTHING & {part.strip("_") for part in module.split(".")}:
            yield f"{place}: a name that says nothing; name it after what it holds"
        if area_of(module) not in HEIGHT:
            yield f"{place}: in no layer; give it one in tools/lint_imports.py"
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        inside = {inner for node in ast.walk(tree) if isinstance(node, FUNCTION) for inner in ast.walk(node)}
        for node, target in imports(tree, package):
            reason = complaint(area_of(module), target, node in inside)
            if reason:
                yield f"{place}:{node.lineno}: imports {target}: {reason}"


def main(root: Path) -> int:
    found = list(findings(root))
    print("\n".join(found) or "imports: they point down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(__file__).parents[1]))
