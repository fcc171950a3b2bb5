"""A page with every kind of widget and chart the workbench draws, to see what its own headers make of them."""

from __future__ import annotations

import gc

import numpy as np
import pandas as pd
import plotly.express as px
import streamlit as st
from streamlit import config

from platform_core.errors import BadInput

STRATEGIES = ["rehost", "replatform", "retire"]
assets = pd.DataFrame({"asset": ["web-01", "db-01", "erp"], "strategy": STRATEGIES, "servers": [3, 1, 8]})

match st.query_params.get("fail"):
    case "ours":
        raise BadInput("The workbook is protected by a password.", hint="Save it without one.")
    case "other":
        raise ValueError(f"could not read {assets.asset.iloc[0]!r}")

st.set_page_config(layout="wide")
st.title("Showcase")
forced, limit = config.get_option("runner.postScriptGC"), config.get_option("server.maxUploadSize")
st.text(f"Frozen: {gc.get_freeze_count() > 0}, forced collection: {forced}, upload limit: {limit} MB")

with st.container(key="editor_area"):
    edited = st.data_editor(
        assets,
        key="editor",
        column_config={"strategy": st.column_config.SelectboxColumn(options=STRATEGIES)},
        disabled=["asset"],
    )
st.text("Strategies: " + ", ".join(edited["strategy"]))
st.text("Servers: " + ", ".join(str(count) for count in edited["servers"]))

chosen = st.dataframe(assets, key="frame", on_select="rerun", selection_mode="single-row")
st.text(f"Selected rows: {chosen.selection.rows}")

st.plotly_chart(px.bar(assets, x="asset", y="servers", color="strategy"), key="bars")
spans = pd.DataFrame({"group": ["A", "B"], "start": ["2026-01-01", "2026-02-01"], "end": ["2026-02-01", "2026-03-01"]})
st.plotly_chart(px.timeline(spans, x_start="start", x_end="end", y="group"), key="gantt")
st.plotly_chart(px.imshow(np.arange(25).reshape(5, 5)), key="heat")
st.plotly_chart(px.treemap(assets, path=["strategy", "asset"], values="servers"), key="tree")
st.echarts_chart(
    {
        "series": [
            {
                "type": "graph",
                "layout": "force",
                "data": [{"name": "web-01"}, {"name": "db-01"}],
                "links": [{"source": "web-01", "target": "db-01"}],
            }
        ]
    },
    key="graph",
)
st.mermaid_chart("graph LR; A-->B")
st.graphviz_chart("digraph { a -> b }")
st.bar_chart(assets, x="asset", y="servers")
st.metric("Assets", 3, chart_data=[1, 2, 3])
st.image(np.full((8, 8, 3), 200, dtype=np.uint8))
st.html("<p>Own <b>words</b></p>")
st.json({"a": 1})
st.code("select 1", language="sql")
st.file_uploader("File", key="upload")
st.download_button("Download", data=b"a;b\n", file_name="plan.csv", key="download")
st.pagination(5, key="pages")
