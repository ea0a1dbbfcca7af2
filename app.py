"""The application, for the web server and for the `flask` command."""

from portal import create_app

app = create_app()
