"""Liveness and readiness checks."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.db.errors import NotMigrated
from core.secret_key import require_common_secret_key
from core.web.cors import AllowsAnyOrigin
from core.web.database_free import NeedsNoDatabase


class LivenessView(NeedsNoDatabase, AllowsAnyOrigin, APIView):
    """The process responds. Does not wait for the database, so that a database outage restarts no web server."""

    name = "Colophon"
    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]

    def get(self, request: Request) -> Response:
        return Response({"status": "ok"})


class ReadinessView(AllowsAnyOrigin, APIView):
    """The database is reachable and migrated, and this host has the SECRET_KEY of the others; otherwise 503."""

    authentication_classes = []
    permission_classes = [AllowAny]
    renderer_classes = [JSONRenderer]

    def get(self, request: Request) -> Response:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotMigrated
        require_common_secret_key()
        return Response({"status": "ready"})
