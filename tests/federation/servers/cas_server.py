"""A CAS server (django-mama-cas) on loopback, for the environment `.tools/cas`. It imports nothing of the portal.

Environment: PORT, HOME (a folder), BASES (the portal's addresses, separated by spaces). `people.json` in that folder says
which attributes each user has; it is read again at each validation. Every password is « mot de passe ».
"""

import json
import os
import re
import sys
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

HOME = Path(os.environ["HOME"])
PEOPLE = HOME / "people.json"
PASSWORD = "mot de passe"
LOGIN = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>ENT</title><link rel="icon" href="data:,">
</head><body><main><h1>ENT</h1><form method="post">{% csrf_token %}{{ form.as_p }}<button>Entrer</button></form></main>"""
"""Instead of the package's own page, which asks another host for its looks."""


def attributes(user, _service):
    """What the ENT says of a user: `MAMA_CAS_SERVICES`' callback."""
    return json.loads(PEOPLE.read_text(encoding="utf-8")).get(user.get_username(), {})


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        """Silence."""


def configure():
    settings.configure(
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="a key for the tests' CAS server",
        ROOT_URLCONF="mama_cas.urls",
        USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(HOME / "cas.db")}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "mama_cas",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "OPTIONS": {
                    "loaders": [("django.template.loaders.locmem.Loader", {"mama_cas/login.html": LOGIN})],
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ],
                },
            }
        ],
        MAMA_CAS_SERVICES=[
            {"SERVICE": f"{re.escape(base)}/connexion/", "CALLBACKS": ["__main__.attributes"]}
            for base in os.environ["BASES"].split()
        ],
    )
    django.setup()
    call_command("migrate", verbosity=0)


def enrol():
    from django.contrib.auth.models import User

    for name in json.loads(PEOPLE.read_text(encoding="utf-8")):
        User.objects.create_user(name, password=PASSWORD)


if __name__ == "__main__":
    configure()
    enrol()
    server = make_server("127.0.0.1", int(os.environ["PORT"]), get_wsgi_application(), Server, Quiet)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    server.serve_forever()
