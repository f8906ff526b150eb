"""The list of books in plain Django REST framework, as in its tutorial, with the same JSON as ours.

Settings, models, serializers and routes in one module, which reads the tables of a copy of our database:
`DATABASE=/path/to/books.sqlite3 granian --interface wsgi books_drf:application`
"""

import os
from pathlib import Path

import django
from django.apps import AppConfig
from django.conf import settings


class Peer(AppConfig):
    name, label, path = __name__, "peer", str(Path(__file__).parent)


settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"]}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "rest_framework",
        "django_filters",
        f"{__name__}.Peer",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    SECRET_KEY="unused",
    USE_TZ=True,
    TIME_ZONE="UTC",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]},
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402  needs the settings
from django.db import models  # noqa: E402  as above
from django.db.models import Case, Exists, OuterRef, Value, When  # noqa: E402  as above
from django.db.models.functions import Coalesce  # noqa: E402  as above
from django_filters.rest_framework import DjangoFilterBackend, FilterSet, NumberFilter  # noqa: E402  as above
from rest_framework import filters, pagination, routers, serializers, viewsets  # noqa: E402  as above


class Author(models.Model):
    name = models.CharField(max_length=300)

    class Meta:
        app_label, managed, db_table = "peer", False, "books_author"


class Category(models.Model):
    name = models.CharField(max_length=100)

    class Meta:
        app_label, managed, db_table = "peer", False, "books_category"


class Book(models.Model):
    title = models.CharField(max_length=500)
    subtitle = models.CharField(max_length=500, null=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True)
    authors = models.ManyToManyField(Author, through="Authorship")
    source = models.CharField(max_length=32)
    source_key = models.CharField(max_length=64)
    upc = models.CharField(max_length=64, null=True)
    isbn_13 = models.CharField(max_length=13, null=True)
    work_key = models.CharField(max_length=64, null=True)
    first_publish_year = models.SmallIntegerField(null=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, null=True)
    in_stock = models.BooleanField(null=True)
    stock = models.PositiveIntegerField(null=True)
    rating = models.PositiveSmallIntegerField(null=True)
    cover_url = models.URLField(null=True)
    product_url = models.URLField(null=True)
    missing_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "peer", False, "books_book"


class LastCheck(models.Model):
    book = models.OneToOneField(Book, models.CASCADE, primary_key=True, related_name="last_check")
    at = models.DateTimeField()

    class Meta:
        app_label, managed, db_table = "peer", False, "books_lastcheck"


class HeldPrice(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    state = models.CharField(max_length=16)

    class Meta:
        app_label, managed, db_table = "peer", False, "books_heldprice"


class Authorship(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    author = models.ForeignKey(Author, models.PROTECT)

    class Meta:
        app_label, managed, db_table = "peer", False, "books_authorship"


class AuthorSerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Author, ["id", "name"]


class CategorySerializer(serializers.ModelSerializer):
    class Meta:
        model, fields = Category, ["id", "name"]


class BookSerializer(serializers.ModelSerializer):
    authors = AuthorSerializer(many=True)
    category = CategorySerializer()
    price_status = serializers.CharField()
    last_checked_at = serializers.DateTimeField()

    class Meta:
        model = Book
        fields = [
            "id", "title", "subtitle", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key",
            "first_publish_year", "price", "currency", "price_status", "in_stock", "stock", "rating", "cover_url",
            "product_url", "missing_since", "last_checked_at", "created_at", "updated_at",
        ]  # fmt: skip


class Pages(pagination.PageNumberPagination):
    page_size, page_size_query_param, max_page_size = 10, "limit", 100


class BookFilter(FilterSet):
    min_price = NumberFilter("price", "gte")
    max_price = NumberFilter("price", "lte")

    class Meta:
        model, fields = Book, ["source", "rating", "in_stock", "category"]


PENDING = HeldPrice.objects.filter(book=OuterRef("pk"), state="held")
PRICE_STATUS = Case(
    When(Exists(PENDING), then=Value("pending_review")), When(price__isnull=False, then=Value("current"))
)


class BookViewSet(viewsets.ModelViewSet):
    queryset = (
        Book.objects.select_related("category")
        .prefetch_related("authors")
        .annotate(last_checked_at=Coalesce("last_check__at", "created_at"), price_status=PRICE_STATUS)
        .order_by("id")
    )
    serializer_class = BookSerializer
    pagination_class = Pages
    filter_backends = [DjangoFilterBackend, filters.SearchFilter, filters.OrderingFilter]
    filterset_class = BookFilter
    search_fields = ["title"]
    ordering_fields = ["title", "price", "rating", "first_publish_year", "created_at"]


router = routers.SimpleRouter(trailing_slash=False)
router.register("books", BookViewSet)
urlpatterns = router.urls
application = get_wsgi_application()
