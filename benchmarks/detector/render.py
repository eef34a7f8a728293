"""Tables on a terminal and in Markdown."""

from rich import box
from rich.console import Console
from rich.table import Table as Drawn

from benchmarks.detector.results import Results
from benchmarks.detector.table import Table


def show(tables: list[Table], console: Console) -> None:
    """Into a pipe or a file as Markdown: whole lines, whatever the width."""
    if not console.is_terminal:
        console.file.write("\n".join(line for table in tables for line in _lines(table)) + "\n")
        return
    for table in tables:
        drawn = Drawn(
            title=table.title, caption=table.note, box=box.SIMPLE_HEAD, title_justify="left", caption_justify="left"
        )
        for number, name in enumerate(table.head):
            drawn.add_column(name, justify="right" if number else "left")
        for row in table.rows:
            drawn.add_row(*row)
        console.print(drawn)


def markdown(tables: list[Table], results: Results, plots: list[str]) -> str:
    lines = ["# The detector beside others", ""]
    lines += [", ".join(f"{name}: {value}" for name, value in results.machine.items()) + ".", ""]
    for run in results.runs:
        if run.about:
            lines.append(f"- {run.title}: " + ", ".join(f"{name} {value}" for name, value in run.about.items()))
    for plot in plots:
        lines += ["", f"![{plot.removesuffix('.png')}]({plot})"]
    return "\n".join([*lines, *(line for table in tables for line in _lines(table))]) + "\n"


def _lines(table: Table) -> list[str]:
    lines = ["", f"## {table.title}", "", _line(table.head), "|" + "---|" * len(table.head)]
    lines += [_line(row) for row in table.rows]
    return [*lines, "", table.note] if table.note else lines


def _line(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"
