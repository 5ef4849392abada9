"""Conventions: who may import whom, how long things are, what every SQL file says of itself."""

import ast
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse import errors
from warehouse.database.connection import Database
from warehouse.declarations import REAL, Double, Integer, SmallInteger
from warehouse.plugin.registry import analyses, parameters, sources
from warehouse.schema.fields import FIELDS
from warehouse.schema.sqlfiles import SQL_SCHEMAS, SqlFile, sql_files
from warehouse.schema.tables import SCHEMAS, metadata
from warehouse.slices import PREDICTOR_COUNTS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("warehouse", "ingest", "analytics")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = {"torch", "transformers", "scipy", "sklearn", "numpy", "pandas", "sqlalchemy", "alembic", "psycopg"}
LINES_OF_A_MODULE, LINES_OF_A_FUNCTION = 250, 25


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def each(files: list[SqlFile]) -> list[object]:
    return [pytest.param(file, id=file.name) for file in files]


def test_help_imports_nothing_heavy_and_answers_at_once():
    code = (
        "import sys\nfrom warehouse.cli import main\ntry:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print(*{name.partition('.')[0] for name in sys.modules}, file=sys.stderr)"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert HEAVY & set(done.stderr.split()) == set()
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.5


def test_commands_import_neither_sqlalchemy_nor_alembic_which_only_migrations_need():
    code = (
        "import importlib, sys\nfrom warehouse.cli import COMMANDS\n"
        "from warehouse.plugin.registry import analyses, sources\n"
        "[importlib.import_module(place.partition(':')[0]) for place, _ in COMMANDS.values()]\nanalyses(), sources()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"sqlalchemy", "alembic"} & set(done.stdout.split()) == set()


def test_garbage_is_looked_for_in_commands_and_not_among_modules():
    code = (
        "import gc, sys\nsys.argv = ['warehouse', 'status', '--help']\nfrom warehouse.cli import main\nmain()\n"
        "print(gc.isenabled(), gc.get_freeze_count() > 10_000, *sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    is_enabled, is_frozen, *modules = done.stderr.split()
    assert (is_enabled, is_frozen) == ("True", "True")
    assert {"tabulate", "warehouse.charts", "scipy", "warehouse.compute.workers"} & set(modules) == set()


def test_declaring_rooms_imports_no_model_stack():
    code = (
        "import sys\nfrom warehouse.plugin.registry import analyses, sources\nanalyses(), sources()\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"torch", "transformers", "accelerate", "sklearn", "vl_convert", "altair"}
    assert heavy & set(done.stdout.split()) == set()


def test_no_module_is_too_long():
    lengths = {str(path.relative_to(ROOT)): _code_lines(path) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > LINES_OF_A_MODULE} == {}


def _code_lines(path: Path) -> int:
    """Lines that are neither blank nor a comment nor part of a docstring."""
    text = path.read_text()
    told = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr)]
    strings = [node for node in told if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    docstrings = {line for node in strings for line in range(node.lineno, (node.end_lineno or 0) + 1)}
    lines = enumerate(text.splitlines(), start=1)
    return sum(bool(line.strip()) and not line.strip().startswith("#") and n not in docstrings for n, line in lines)


def test_nine_in_ten_functions_are_short():
    lengths = [length for path in MODULES for length in _function_lengths(path)]
    short = sum(length < LINES_OF_A_FUNCTION for length in lengths)
    assert short / len(lengths) >= 0.9


def _function_lengths(path: Path) -> Iterator[int]:
    """Lines of each function from its name to its end, its docstring apart."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef):
            first = node.body[0]
            told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
            docstring = (first.end_lineno or 0) - first.lineno + 1 if told else 0
            yield (node.end_lineno or 0) - node.lineno + 1 - docstring


def test_no_module_is_named_for_nothing():
    assert [path for path in MODULES if path.stem in {"util", "utils", "helper", "helpers", "common", "misc"}] == []


def test_the_folder_of_migrations_does_not_shadow_the_library():
    assert not (ROOT / "alembic" / "__init__.py").exists()


HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "arti" + "factory", "anaconda" + ".org", "index" + "-url =")
PLACES = ("/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/")


def test_no_file_names_a_package_host_or_a_place_of_one_machine():
    said = []
    for path in tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        said += [f"{path.relative_to(ROOT)}: {word}" for word in (*HOSTS, *PLACES) if word in text]
    assert said == []


def test_no_data_is_in_the_project():
    kinds = {".npy", ".npz", ".pkl", ".tsv", ".parquet", ".safetensors", ".whl"}
    assert [path for path in tracked() if path.suffix in kinds] == []


def test_the_checks_run_what_the_readme_says():
    assert "make test" in (ROOT / "README.md").read_text()
    assert "make test" in (ROOT / ".ci/run").read_text().splitlines()[-1]


@pytest.mark.parametrize("name", sorted(analyses()))
def test_an_analysis_has_the_name_of_its_module_and_is_tested_under_it(name: str):
    assert analyses()[name].function.__module__ == f"analytics.{name}"
    assert [path for path in (ROOT / "tests").rglob("test_*.py") if re.search(rf"\b{name}\b", path.read_text())]


@pytest.mark.parametrize("name", sorted(analyses()))
def test_an_analysis_by_least_squares_says_how_many_columns_it_needs(name: str):
    """Else one corpus with too few word pairs stops it for all others."""
    fits = "analytics._stats.least_squares import" in (ROOT / f"analytics/{name}.py").read_text()
    assert not fits or analyses()[name].predictors in PREDICTOR_COUNTS


@pytest.mark.parametrize("declared", [*sources().values(), *analyses().values()], ids=lambda declared: declared.name)
def test_a_declared_function_tells_what_it_is_and_what_its_parameters_are(declared: object):
    function = declared.function  # type: ignore[attr-defined]
    assert (function.__doc__ or "").partition("\n")[0].strip().endswith(".")
    for name in parameters(function):
        annotation = function.__annotations__[name]
        assert name == "stored" or hasattr(annotation, "__metadata__") or "Annotated" in str(annotation), name


def test_every_error_stands_in_the_drawn_tree():
    made = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]
    drawn = re.findall(r"[├└]── (\w+)", errors.__doc__ or "")
    assert sorted(drawn) == sorted(name for name in made if name != "WarehouseError")


def test_a_name_means_one_thing_and_every_column_has_one():
    columns = {column.name for table in metadata.sorted_tables for column in table.c}
    assert columns <= FIELDS.keys()
    assert [name for name, field in FIELDS.items() if field.description.endswith(".") or not field.description] == []


def test_every_number_has_a_unit_or_what_it_counts_or_a_range():
    numbers = (Integer, Double, REAL)
    kinds = {name: getattr(field.type, "item_type", field.type) for name, field in FIELDS.items()}
    bare = [name for name, kind in kinds.items() if isinstance(kind, numbers) and not FIELDS[name].unit]
    assert [name for name in bare if not name.endswith("_id")] == []


def test_every_place_is_counted_from_somewhere():
    words = ("Place of", "Position of", "counted from", "Layer", "Quarter")
    numbers = {name: field for name, field in FIELDS.items() if isinstance(field.type, SmallInteger)}
    places = [field for field in numbers.values() if field.description.startswith(words)]
    of_models = ("layers", "heads")
    assert [field.description for field in places if not re.search(r"from \d|0 to 3", field.comment)
            and field.unit not in of_models] == []  # fmt: skip


def test_what_misled_is_told():
    told = {
        "cv_r2": "not of the held-out one",
        "value_here": "quantity_claimed",
        "corrected_value": "quantity_claimed",
        "p_bonferroni": "p_one_sided",
        "loss": "divided once more",
        "slope": "per factor e",
        "intercept": "one billion",
        "weight": "[0 to 1]",
        "weights": "sum over tokens",
        "saccade_count": "[transitions]",
        "band_low": "not of one model",
    }
    assert {name for name, words in told.items() if words not in FIELDS[name].comment} == set()


def test_every_column_of_every_view_is_in_the_dictionary(new_database: Database):
    query = """
    SELECT table_schema || '.' || table_name, column_name
    FROM information_schema.columns WHERE table_schema = ANY (%s)
    """
    with new_database.connect() as connection:
        found = connection.execute(query, [[*SCHEMAS, *SQL_SCHEMAS]]).fetchall()
    ours = [(view, column) for view, column in found if view != "ops.alembic_version" and "attention_" not in view]
    assert [(view, column) for view, column in ours if column not in FIELDS] == []


@pytest.mark.parametrize("file", each(sql_files()))
def test_a_sql_file_says_what_it_makes(file: SqlFile):
    sentence = file.comment.partition("\n\n")[0]
    assert sentence.endswith(".")
    parts = ["Grain: one ", "Read by: "] + (["Leaves out: "] if file.kind == "view" else [])
    parts += ["\nKey: "] if file.schema == "mart" else []
    assert [part for part in parts if part not in file.comment] == []


@pytest.mark.parametrize("file", each(sql_files()))
def test_a_sql_file_makes_the_object_that_its_path_names(file: SqlFile):
    made = re.findall(r"^CREATE (VIEW|FUNCTION) ([\w.]+)", file.text, re.MULTILINE)
    assert made == [(file.kind.upper(), file.name)]


@pytest.mark.parametrize("file", each(sql_files()))
def test_a_sql_file_uses_what_is_installed_before_it(file: SqlFile):
    """Earlier schemas, and of its own what comes before it by name."""
    code = re.sub(r"--.*|'[^']*'", "", file.text)
    used = {(schema, name) for schema, name in re.findall(r"\b(fn|current|slice|mart)\.(\w+)", code)}
    later = SQL_SCHEMAS[SQL_SCHEMAS.index(file.schema) :]
    in_plpgsql = "LANGUAGE plpgsql" in file.text  # whose body is looked at when it is called, not when it is made
    allowed = {
        (other.schema, other.path.stem)
        for other in sql_files()
        if other.schema == file.schema and (other.path.stem <= file.path.stem or in_plpgsql)
    }
    assert {(schema, name) for schema, name in used if schema in later} <= allowed


@pytest.mark.parametrize("path", sorted((ROOT / "alembic" / "versions").glob("*.py")), ids=lambda path: path.stem)
def test_a_revision_that_takes_results_away_takes_them_off_the_ledger(path: Path):
    down = path.read_text().partition("DROP = (")[2]
    if re.search(r"DROP TABLE (result\.(?!ceiling_kind|claim|published)|human\.|stimulus\.|model\.extraction)", down):
        assert "DELETE FROM ops.unit" in down
