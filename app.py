"""The application, for the web server and for the `flask` command."""

from portal.factory import create_app

app = create_app()
