"""The screen without a browser: any page through the router, and what a person would read on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block, Button, Element, Node

from platform_core.store import Store
from tests.harness.server import PROJECT_ROOT

ROUTER = PROJECT_ROOT / "pages" / "_router.py"
PATIENCE_SECONDS = 60
ALERTS = ("error", "warning", "info", "success")
NOT_MARKDOWN = frozenset(
    {
        ("Selectbox", "options"),
        ("MultiSelect", "options"),
        ("Arrow", "columns"),
        ("PlotlyChart", "spec"),
        ("EChartsChart", "spec"),
    }
)
"""(message, field) of texts that Streamlit shows as they are, or that a chart reads by rules of its own."""
NAMES = frozenset(
    {"id", "key", "alt", "default", "value", "set_value", "raw_value", "raw_values", "placeholder", "form_id", "url"}
)
"""Fields that are never drawn as Markdown, whatever the element."""


class Screen:
    """One analyst's session. `at` is Streamlit's own test object; `store` is what the pages work on."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.at = AppTest.from_file(ROUTER, default_timeout=PATIENCE_SECONDS)

    def open(self, url_path: str, /, **query: object) -> Screen:
        """Open a page (its url_path) by its address, with `query` behind it."""
        self.at.query_params = {key: str(value) for key, value in query.items()}
        self.at.switch_page(f"{url_path}.py").run()
        return self

    def click(self, label_or_key: str) -> Screen:
        """Press the button with this key or label."""
        found = [b for b in self.buttons() if label_or_key in {b.key, b.label}]
        assert len(found) == 1, f"{len(found)} buttons {label_or_key!r} among {[b.label for b in self.buttons()]}"
        found[0].click().run()
        return self

    def upload(self, *files: tuple[str, bytes]) -> Screen:
        """Drop files, each a name and its content, onto the upload page."""
        for name, content in files:
            self.at.file_uploader[0].upload(name, content)
        self.at.run()
        return self

    def set(self, key: str, value: Any) -> Screen:
        """Put a widget's value, a row selection for example, and run again."""
        self.at.session_state[key] = value
        self.at.run()
        return self

    def select_row(self, key: str, row: int) -> Screen:
        """Select a row of a table."""
        return self.set(key, {"selection": {"rows": [row], "columns": [], "cells": []}})

    def buttons(self) -> list[Button]:
        """Return every button of the page, those of forms and dialogs too."""
        return [button for button in self.at.button if button not in list(self.at.sidebar.button)]

    def primary(self) -> list[str]:
        """Return the labels of the buttons that are drawn as the one to press."""
        downloads = list(self.at.main.download_button)
        return [button.label for button in (*self.buttons(), *downloads) if button.proto.type == "primary"]

    def table(self, key: str) -> pd.DataFrame:
        """Return the rows of the table with this key; one that nothing can be selected in goes by its alt text."""
        found = [table for table in self.at.dataframe if key in {table.key, table.proto.alt}]
        assert len(found) == 1, [(table.key, table.proto.alt) for table in self.at.dataframe]
        return found[0].value

    @property
    def title(self) -> str:
        """The page's title."""
        return str(self.at.title[0].value)

    @property
    def alerts(self) -> list[str]:
        """Errors and warnings, in order."""
        return [str(alert.value) for kind in ALERTS for alert in self.at.main.get(kind)]

    @property
    def toasts(self) -> list[str]:
        """What is told in passing."""
        return [str(toast.value) for toast in self.at.toast]

    @property
    def text(self) -> str:
        """All that page and dialog say outside tables and charts, as the Markdown it is made of."""
        return "\n".join(text for node in elements(self.at.main, self._overlay) for _, text in drawn_texts(node))

    @property
    def nodes(self) -> list[Node]:
        """Every element and block of the page and its side bar."""
        return list(elements(self.at.main, self.at.sidebar, self._overlay))

    @property
    def _overlay(self) -> Block:
        """Dialogs and toasts, which lie beside page and side bar."""
        overlay = self.at._tree.children.get(2)
        return overlay if isinstance(overlay, Block) else Block(proto=None, root=self.at._tree)


def elements(*blocks: Block) -> Iterator[Node]:
    """Yield what is in `blocks`, from top to bottom."""
    for block in blocks:
        for child in block.children.values():
            yield child
            if isinstance(child, Block):
                yield from elements(child)


def drawn_texts(node: Node) -> Iterator[tuple[str, str]]:
    """Yield (field, text) for every text of an element that Streamlit draws as Markdown."""
    proto = getattr(node, "proto", None)
    if isinstance(proto, Message):
        yield from _texts(proto)


def plotly_specs(screen: Screen) -> list[str]:
    """Return the JSON of every Plotly figure of the page."""
    charts = [node for node in screen.nodes if isinstance(node, Element) and node.type == "plotly_chart"]
    return [chart.proto.spec or chart.proto.figure.spec for chart in charts]


def files_below(folder: Path) -> set[str]:
    """Return the paths of all files below `folder`, relative to it."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        name = f"{message.DESCRIPTOR.name}.{field.name}"
        if field.name in NAMES or (message.DESCRIPTOR.name, field.name) in NOT_MARKDOWN:
            continue
        values = value if field.is_repeated else [value]
        if field.type == FieldDescriptor.TYPE_STRING:
            yield from ((name, text) for text in values)
        elif field.type == FieldDescriptor.TYPE_MESSAGE:
            for inner in values:
                yield from _texts(inner)
