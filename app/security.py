"""What every answer carries and every unsafe request must prove: headers, origin check, trusted proxies."""

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask_babel import lazy_gettext as _l
from werkzeug.middleware.proxy_fix import ProxyFix

from app.errors import Problem

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; object-src 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class CrossSite(Problem):
    """The form was sent from another site, or the browser did not say from where."""

    status = 403
    message = _l("This form was sent from another site and was refused.")


def init_app(app: Flask) -> None:
    """Headers on every answer; the origin check of docs/decisions/0002 on every unsafe request outside the API."""
    if app.config["PROXIES"]:
        count = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    secure = app.config["PUBLIC_URL"].startswith("https")

    @app.before_request
    def same_site_only() -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith("/api/"):
            return
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            allowed = site in {"same-origin", "none"}
        else:
            allowed = urlsplit(request.headers.get("Origin", "")).netloc == request.host
        if not allowed:
            raise CrossSite()

    @app.after_request
    def protect(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if secure:
            response.headers.setdefault("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
        return response
