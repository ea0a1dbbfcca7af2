"""The application: its settings, extensions, glue and features, put together in that order."""

from pathlib import Path

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import extensions, features
from portal.config import Settings
from portal.platform import assets, database, errors, headers, i18n, identity, logs, pages, requests
from portal.platform.sessions import LONGEST, DatabaseSessions

ROOT = Path(__file__).parent.parent
LARGEST_REQUEST = 16 * 1024 * 1024


def create_app(settings: Settings | None = None) -> Flask:
    """Build the application; raises `BadSettings` rather than start unsafely."""
    settings = settings or Settings.from_environment()
    logs.configure(settings.log_level)
    app = Flask("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(
        SETTINGS=settings,
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"pool_pre_ping": True},  # a restarted database costs nobody an error
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=LONGEST,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session: a parent may pause (SEC-2)
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        PREFERRED_URL_SCHEME="https" if settings.https else "http",
    )
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]  # Flask's documented way; its types refuse any assignment to a method
    app.session_interface = DatabaseSessions()
    for extension in (extensions.db, extensions.login, extensions.csrf, extensions.htmx):
        extension.init_app(app)
    requests.receive(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"), render_as_batch=True)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    for prepare in (
        database.prepare,
        logs.watch,
        headers.protect,
        i18n.speak,
        errors.calm,
        identity.know,
        assets.init_app,
        pages.offer,
    ):
        prepare(app)
    features.register(app)
    return app
