"""The web face: feeds, the notice component, policy and change pages, and the choice page.

Endpoints are plain functions, so FastAPI calls the blocking ``Face`` in threads. A GET or HEAD
never changes anything.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException

from notifier.banner import instant
from notifier.web.face import Decision, Face, FileAnswer
from notifier.web.guard import SCRIPTED_POLICY, Guard
from notifier.web.pages import Pages

if TYPE_CHECKING:
    from notifier.render import Templates
    from notifier.web.face import ChoiceResult

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,63}")
_TOKEN = re.compile(r"[A-Za-z0-9._~=-]{16,1024}")
_OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
_PUBLIC = {"Cache-Control": "public, max-age=60"}
_PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow, noarchive"}
_DECISION = {
    "schema": {
        "type": "object",
        "required": ["decision"],
        "properties": {"decision": {"enum": [item.value for item in Decision]}},
    }
}
_BODY = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": _DECISION,
        "multipart/form-data": _DECISION,
        "application/json": _DECISION,
    },
}


def create_app(face: Face, templates: Templates) -> FastAPI:
    """Return the web face over ``face``, with the pages of ``templates``."""
    pages = Pages(templates)
    app = FastAPI(title="notifier", docs_url=None, redoc_url=None, openapi_url="/openapi.json")
    app.add_middleware(Guard, page=pages.error)

    @app.exception_handler(HTTPException)
    def refused(_: Request, error: HTTPException) -> Response:
        return HTMLResponse(pages.error(error.status_code), error.status_code, _PRIVATE)

    _feeds(app, face)
    _files(app, templates)
    _policies(app, face, pages)
    _choices(app, face, pages)

    @app.get("/healthz")
    def healthz() -> Response:
        health = face.health()
        document = {"status": "ok" if health.ok else "failing", "checks": dict(health.checks)}
        return JSONResponse(document, 200 if health.ok else 503, _PRIVATE)

    return app


def _feeds(app: FastAPI, face: Face) -> None:
    @app.get("/feed/{site}.json")
    def feed(request: Request, site: str) -> Response:
        answer = face.feed(site) if _ID.fullmatch(site) else None
        return _file(request, answer, "application/json")

    @app.get("/feed/{site}.atom")
    def atom(request: Request, site: str) -> Response:
        answer = face.atom(site) if _ID.fullmatch(site) else None
        return _file(request, answer, "application/atom+xml")

    @app.options("/feed/{file}")
    def preflight(file: str) -> Response:  # noqa: ARG001  any feed may be asked for
        allowed = {
            "Access-Control-Allow-Methods": "GET, HEAD",
            "Access-Control-Allow-Headers": "If-None-Match",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status_code=204, headers=_OPEN | allowed)


def _files(app: FastAPI, templates: Templates) -> None:
    script = FileAnswer(body=templates.source("web/notice.js"))
    style = FileAnswer(body=templates.source("web/style.css"))
    redline = {
        kind: FileAnswer(body=templates.source(f"web/redline.{kind}")) for kind in ("css", "js")
    }

    @app.get("/notice.js")
    def notice_js(request: Request) -> Response:
        return _file(request, script, "text/javascript; charset=utf-8")

    @app.get("/style.css")
    def style_css(request: Request) -> Response:
        return _file(request, style, "text/css; charset=utf-8")

    @app.get("/redline.css")
    def redline_css(request: Request) -> Response:
        return _file(request, redline["css"], "text/css; charset=utf-8")

    @app.get("/redline.js")
    def redline_js(request: Request) -> Response:
        return _file(request, redline["js"], "text/javascript; charset=utf-8")


def _policies(app: FastAPI, face: Face, pages: Pages) -> None:
    @app.get("/policies/{policy}/{version}")
    def policy(policy: str, version: str) -> Response:
        good = _ID.fullmatch(policy) and _VERSION.fullmatch(version)
        page = face.policy_text(policy, version) if good else None
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(pages.policy(page), headers=_PUBLIC)

    @app.get("/changes/{policy}/{old}/{new}")
    def change(policy: str, old: str, new: str) -> Response:
        good = _ID.fullmatch(policy) and _VERSION.fullmatch(old) and _VERSION.fullmatch(new)
        page = face.change(policy, old, new) if good else None
        if page is None:
            raise HTTPException(404)
        scripted = {"Content-Security-Policy": SCRIPTED_POLICY}
        return HTMLResponse(pages.change(page), headers=_PUBLIC | scripted)


def _choices(app: FastAPI, face: Face, pages: Pages) -> None:
    @app.get("/choice/{token}")
    def choice(token: str) -> Response:
        page = face.choice(token) if _TOKEN.fullmatch(token) else None
        if page is None:
            raise HTTPException(404)
        return HTMLResponse(pages.choice(page), headers=_PRIVATE)

    @app.post("/choice/{token}", openapi_extra={"requestBody": _BODY})
    def choose(
        request: Request, token: str, decision: Annotated[Decision | None, Depends(_decision)]
    ) -> Response:
        page = face.choice(token) if _TOKEN.fullmatch(token) else None
        if page is None:
            raise HTTPException(404)
        if decision is None:
            return HTMLResponse(pages.choice(page, missing=True), 400, _PRIVATE)
        result = face.choose(token, decision)
        if result is None:
            raise HTTPException(404)
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse(_recorded(result), headers=_PRIVATE)
        return HTMLResponse(pages.chosen(result), headers=_PRIVATE)


async def _decision(request: Request) -> Decision | None:
    """Return the one explicit decision in the body, or ``None`` for anything else.

    Forms (both encodings) and JSON are read; the query never is.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    values: list[Any] = []
    if kind == "application/json":
        try:
            document = json.loads(await request.body())
        except (ValueError, RecursionError):
            return None
        values = [document.get("decision")] if isinstance(document, dict) else []
    elif kind in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        try:
            async with request.form(max_files=1, max_fields=16) as form:
                values = list(form.getlist("decision"))
        except HTTPException:  # a form that cannot be read
            return None
    if len(values) != 1 or not isinstance(values[0], str):
        return None
    return Decision(values[0]) if values[0] in set(Decision) else None


def _recorded(result: ChoiceResult) -> dict[str, Any]:
    return {
        "schema": "notifier.choice/1",
        "campaign": result.campaign,
        "decision": result.decision.value,
        "recorded_at": instant(result.recorded_at),
        "repeated": result.repeated,
    }


def _file(request: Request, answer: FileAnswer | None, media_type: str) -> Response:
    """Answer with a file, or 304 where the reader has it; any site may read it."""
    if answer is None:
        return JSONResponse({"error": "not found"}, 404, _OPEN | _PRIVATE)
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:32]}"'
    headers = _OPEN | _PUBLIC | {"ETag": tag, "Access-Control-Expose-Headers": "ETag"}
    known = request.headers.get("if-none-match", "")
    if known.strip() == "*" or tag in {
        item.strip().removeprefix("W/") for item in known.split(",")
    }:
        return Response(status_code=304, headers=headers)
    return Response(answer.body, headers=headers, media_type=media_type)
