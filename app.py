"""The launcher: `streamlit run app.py` serves the screen and the web interface in one process.

The script that draws the screen lies inside `pages/`, next to the pages: beside a folder of that name Streamlit would
run a page it was asked for first without the router, and so without the guard.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from platform_core.api import Door, create_api
from platform_core.api.protection import Protection, content_security_policy
from platform_core.errors import WorkbenchError
from platform_core.logging import configure, report
from platform_core.services import workers
from platform_core.settings import settings
from platform_core.store import upgrade

ROUTER = Path(__file__).resolve().parent / "pages" / "_router.py"
START_PAGE = Path(st.__file__).parent / "static" / "index.html"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Get ready before the first visitor: logs, schema, a heap that need not be walked again, a worker beside us."""
    configure(settings().LOG_LEVEL, settings().LOG_FORMAT, settings().secrets)
    upgrade(settings().DATABASE_URL)
    for shared in ("pages._frame", "platform_core.charts", "pandas"):  # so that what pages import is frozen too
        import_module(shared)
    gc.collect()
    gc.freeze()
    logging.getLogger("platform_core").info("ready", extra={"version": settings().VERSION})
    with workers.beside_the_pages():
        yield


def show_script_error(error: Exception) -> bool:
    """Tell the person what happened, with the reference number under which the log tells why."""
    reference = report(error, "script error")
    sentence = str(error) if isinstance(error, WorkbenchError) else "Something went wrong on this page."
    st.error(f"{sentence} Reference {reference}.", icon=":material/error:")
    return True


policy = content_security_policy(START_PAGE.read_text(encoding="utf-8"))
protection = [Middleware(Protection, policy=policy, origins=settings().BACKEND_CORS_ORIGINS)]
routes = [Door(settings().API_V1_STR, create_api(settings()))]
config.set_option("server.maxUploadSize", settings().MAX_UPLOAD_MB)
app = st.App(ROUTER, lifespan=lifespan, middleware=protection, routes=routes, on_script_error=show_script_error)
