"""Whether the service is up, and whether it can work."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rest_framework.permissions import AllowAny
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.renderers import FastJSONRenderer
from core.db.errors import NotMigrated


class Alive(APIView):
    """The process is up; says nothing of the database, so that a database outage restarts no web server."""

    name = "Colophon"
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [FastJSONRenderer, TemplateHTMLRenderer]

    def get(self, request: Request) -> Response:
        return Response({"status": "ok"}, template_name="home.html")


class Ready(APIView):
    """The database is reachable (else the answer is 503) and migrated."""

    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [FastJSONRenderer]

    def get(self, request: Request) -> Response:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotMigrated
        return Response({"status": "ready"})
