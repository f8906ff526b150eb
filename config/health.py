"""Whether the service is up, and whether it can work."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.errors import page_or_problem, prefers_page


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process is up; says nothing of the database, so that a database outage restarts no web server."""
    if prefers_page(request):
        return render(request, "home.html")
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database is reachable and migrated. Where it is not reachable, handler500 answers 503."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return page_or_problem(request, 503, "The database lacks migrations. Run: python manage.py migrate")
    return JsonResponse({"status": "ready"})
