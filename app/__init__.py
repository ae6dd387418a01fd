"""The web application: one factory, nothing else at import time."""

from collections.abc import Mapping
from typing import Any

from flask import Flask


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the Flask application; `settings` override the environment."""
    # The only imports inside a function: blueprints import `app.*`, so importing them
    # here keeps the package importable from any entry point.
    from app import addresses, api, assets, config, db, errors, front_door, health, i18n, jobs, security, signin_state
    from app.registry import API_BLUEPRINTS, PAGE_BLUEPRINTS
    from dashboards import pages as dashboards

    app = Flask(__name__)
    app.config.from_mapping(config.load(settings))
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_UPLOAD_BYTES"]
    app.config["MAX_FORM_MEMORY_SIZE"] = 500_000
    app.config["MAX_FORM_PARTS"] = 200
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    db.connect(app.config["DATABASE_URL"])
    jobs.connect(app.config["REDIS_URL"], app.config["WORKERS"])
    for part in (addresses, errors, security, i18n, assets, signin_state):
        part.init_app(app)
    for blueprint in (front_door.bp, health.bp):
        app.register_blueprint(blueprint)
    openapi = api.init_app(app)
    for blueprint in (*PAGE_BLUEPRINTS, dashboards.bp):
        app.register_blueprint(blueprint)
    for blueprint in API_BLUEPRINTS:
        openapi.register_blueprint(blueprint)
    return app
