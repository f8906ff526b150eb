"""The catalogue, for new databases: replaces the migrations up to 0013, which existing databases have applied."""

from typing import Any

import books.models.book
import core.db.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from books import catalogue_version
from books.search import trigram_index

DESCENDING_COLUMNS = ("price", "rating", "first_publish_year")


def create_descending_indexes(apps: Any, schema_editor: Any) -> None:
    """PostgreSQL scans an index backwards with NULLs first, so that a descending order with NULLs last needs its own."""
    if schema_editor.connection.vendor == "postgresql":
        for name in DESCENDING_COLUMNS:
            columns = f"{name} DESC NULLS LAST, id DESC"
            schema_editor.execute(f"CREATE INDEX book_{name}_downwards ON books_book ({columns})")


def drop_descending_indexes(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in DESCENDING_COLUMNS:
            schema_editor.execute(f"DROP INDEX book_{name}_downwards")


def install_triggers(apps: Any, schema_editor: Any) -> None:
    trigram_index.install(schema_editor.connection)
    catalogue_version.install(schema_editor.connection)


def remove_triggers(apps: Any, schema_editor: Any) -> None:
    catalogue_version.remove(schema_editor.connection)
    trigram_index.remove(schema_editor.connection)


class Migration(migrations.Migration):

    replaces = [
        ('books', '0001_catalogue'),
        ('books', '0002_open_library'),
        ('books', '0003_curation'),
        ('books', '0004_held_prices'),
        ('books', '0005_unreadable_prices'),
        ('books', '0006_history_in_words'),
        ('books', '0007_fold_punctuation'),
        ('books', '0008_words'),
        ('books', '0009_catalogue_stamp'),
        ('books', '0010_orders'),
        ('books', '0011_orders_downwards'),
        ('books', '0012_one_index_each'),
        ('books', '0013_external_service_and_texts'),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(error_messages={'unique': 'A category with this name already exists.'}, max_length=100, unique=True)),
                ('name_key', core.db.fields.FoldedField(db_index=True, source='name')),
            ],
            options={
                'verbose_name_plural': 'categories',
                'ordering': ['name_key', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='ExternalService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=32, unique=True)),
                ('next_request_at', models.FloatField(default=0)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('open_until', models.FloatField(default=0)),
                ('status', models.CharField(default='unavailable', max_length=32)),
                ('reason', models.CharField(default='', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=300)),
                ('name_key', core.db.fields.FoldedField(source='name')),
                ('open_library_key', models.CharField(blank=True, help_text='OL…A', max_length=64, null=True, unique=True, verbose_name='Open Library key')),
            ],
            options={
                'ordering': ['name_key', 'pk'],
                'indexes': [models.Index(fields=['name_key', 'id'], name='author_name_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('open_library_key', ''), _negated=True), name='author_open_library_key_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.')],
            },
        ),
        migrations.CreateModel(
            name='Authorship',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('author', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorships', to='books.author')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Book',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=500)),
                ('title_key', core.db.fields.FoldedField(source='title')),
                ('source', models.CharField(choices=[('books_to_scrape', 'Books to Scrape'), ('open_library', 'Open Library'), ('manual', 'Entered by hand')], default='manual', max_length=32)),
                ('source_key', models.CharField(default=books.models.book.new_key, help_text="Identifies the book at its source, such as a shop's UPC.", max_length=64)),
                ('upc', models.CharField(blank=True, max_length=64, null=True, verbose_name='UPC')),
                ('isbn_13', models.CharField(blank=True, help_text='Only if it is certain.', max_length=13, null=True, verbose_name='ISBN-13')),
                ('work_key', models.CharField(blank=True, help_text="Open Library's key of the work (OL…W). Rows of one work share it.", max_length=64, null=True)),
                ('first_publish_year', models.SmallIntegerField(blank=True, help_text='Negative before the year 1.', null=True, validators=[django.core.validators.MinValueValidator(-5000), django.core.validators.MaxValueValidator(3000)])),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(blank=True, help_text='ISO 4217, such as GBP.', max_length=3, null=True)),
                ('in_stock', models.BooleanField(blank=True, null=True)),
                ('stock', models.PositiveIntegerField(blank=True, help_text='Number of copies.', null=True, validators=[django.core.validators.MaxValueValidator(2147483647)])),
                ('rating', models.PositiveSmallIntegerField(blank=True, help_text='1 to 5.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('description', models.TextField(blank=True, max_length=50000, null=True)),
                ('languages', models.JSONField(blank=True, default=list)),
                ('cover_url', models.URLField(blank=True, max_length=1000, null=True, verbose_name='cover URL')),
                ('product_url', models.URLField(blank=True, max_length=1000, null=True, verbose_name='product URL')),
                ('missing_since', models.DateTimeField(blank=True, editable=False, help_text='When the source stopped listing the book.', null=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('authors', models.ManyToManyField(blank=True, related_name='books', through='books.Authorship', to='books.author')),
                ('category', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='books', to='books.category')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.AddField(
            model_name='authorship',
            name='book',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='authorships', to='books.book'),
        ),
        migrations.CreateModel(
            name='CuratedField',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('field', models.CharField(max_length=32)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('source_value', models.JSONField(help_text='The value that the source states now.', null=True)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='curated_fields', to='books.book')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['field'],
            },
        ),
        migrations.CreateModel(
            name='HeldPrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ('currency', models.CharField(max_length=3, null=True)),
                ('text', models.CharField(help_text="The source's text, if it is not readable as a price.", max_length=100, null=True)),
                ('in_stock', models.BooleanField()),
                ('reason', models.CharField(max_length=200)),
                ('state', models.CharField(choices=[('held', 'Pending'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed'), ('overtaken', 'Superseded by a later price')], default='held', max_length=16)),
                ('held_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='stated at')),
                ('decided_at', models.DateTimeField(null=True)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='held_prices', to='books.book')),
            ],
            options={
                'verbose_name': 'price review',
                'ordering': ['-held_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalBook',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('title', models.CharField(max_length=500)),
                ('source', models.CharField(choices=[('books_to_scrape', 'Books to Scrape'), ('open_library', 'Open Library'), ('manual', 'Entered by hand')], default='manual', max_length=32)),
                ('source_key', models.CharField(default=books.models.book.new_key, help_text="Identifies the book at its source, such as a shop's UPC.", max_length=64)),
                ('upc', models.CharField(blank=True, max_length=64, null=True, verbose_name='UPC')),
                ('isbn_13', models.CharField(blank=True, help_text='Only if it is certain.', max_length=13, null=True, verbose_name='ISBN-13')),
                ('work_key', models.CharField(blank=True, help_text="Open Library's key of the work (OL…W). Rows of one work share it.", max_length=64, null=True)),
                ('first_publish_year', models.SmallIntegerField(blank=True, help_text='Negative before the year 1.', null=True, validators=[django.core.validators.MinValueValidator(-5000), django.core.validators.MaxValueValidator(3000)])),
                ('price', models.DecimalField(blank=True, decimal_places=2, max_digits=10, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('currency', models.CharField(blank=True, help_text='ISO 4217, such as GBP.', max_length=3, null=True)),
                ('in_stock', models.BooleanField(blank=True, null=True)),
                ('stock', models.PositiveIntegerField(blank=True, help_text='Number of copies.', null=True, validators=[django.core.validators.MaxValueValidator(2147483647)])),
                ('rating', models.PositiveSmallIntegerField(blank=True, help_text='1 to 5.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)])),
                ('description', models.TextField(blank=True, max_length=50000, null=True)),
                ('languages', models.JSONField(blank=True, default=list)),
                ('cover_url', models.URLField(blank=True, max_length=1000, null=True, verbose_name='cover URL')),
                ('product_url', models.URLField(blank=True, max_length=1000, null=True, verbose_name='product URL')),
                ('missing_since', models.DateTimeField(blank=True, editable=False, help_text='When the source stopped listing the book.', null=True)),
                ('created_at', models.DateTimeField(blank=True, editable=False)),
                ('updated_at', models.DateTimeField(blank=True, editable=False)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.TextField(null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('category', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='books.category')),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical book',
                'verbose_name_plural': 'historical books',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='PriceObservation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('observed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('price', models.DecimalField(decimal_places=2, max_digits=10, null=True)),
                ('currency', models.CharField(max_length=3, null=True)),
                ('in_stock', models.BooleanField()),
                ('book', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='observations', to='books.book')),
            ],
            options={
                'ordering': ['-observed_at', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='authorship',
            constraint=models.UniqueConstraint(fields=('book', 'author'), name='authorship_unique'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['title_key', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'missing_since'], name='book_by_title_key'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['price', 'id', 'rating', 'source', 'category', 'in_stock', 'missing_since'], name='book_by_price'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['rating', 'id', 'price', 'source', 'category', 'in_stock', 'missing_since'], name='book_by_rating'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['first_publish_year', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'missing_since'], name='book_by_first_publish_year'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['created_at', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'missing_since'], name='book_by_created_at'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['source', 'id'], name='book_source_order'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['category', 'id'], name='book_category_order'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['in_stock', 'id'], name='book_in_stock_order'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['missing_since', 'id'], name='book_missing_since_order'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['upc'], name='book_upc'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['isbn_13'], name='book_isbn_13'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['work_key'], name='book_work_key'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(condition=models.Q(('missing_since__isnull', False)), fields=['id'], name='book_missing'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.UniqueConstraint(fields=('source', 'source_key'), name='book_source_key_unique', violation_error_message='The catalogue already has a book with this source and key.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('upc', ''), _negated=True), name='book_upc_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('work_key', ''), _negated=True), name='book_work_key_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('description', ''), _negated=True), name='book_description_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('cover_url', ''), _negated=True), name='book_cover_url_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('product_url', ''), _negated=True), name='book_product_url_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='book_currency_code', violation_error_message='Use three capital letters for a currency, such as GBP.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='book_title_not_empty', violation_error_message='Enter a title.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('source_key', ''), _negated=True), name='book_source_key_not_empty', violation_error_message='Enter a source key.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='book_price_not_negative', violation_error_message='A price cannot be negative.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price__isnull', True)), models.Q(('currency__isnull', False), ('price__isnull', False)), _connector='OR'), name='book_price_has_currency', violation_error_message='State a price and its currency together, or neither.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='book_rating_1_to_5', violation_error_message='A rating must be a whole number from 1 to 5.'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('isbn_13__regex', '^97[89][0-9]{10}$')), name='book_isbn_13_digits', violation_error_message='An ISBN-13 consists of 13 digits and starts with 978 or 979.'),
        ),
        migrations.AddConstraint(
            model_name='curatedfield',
            constraint=models.UniqueConstraint(fields=('book', 'field'), name='curated_field_unique'),
        ),
        migrations.AddConstraint(
            model_name='heldprice',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'held')), fields=('book',), name='one_held_price_a_book'),
        ),
        migrations.AddConstraint(
            model_name='heldprice',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='held_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='heldprice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', False), ('price__isnull', False), ('text__isnull', True)), models.Q(('currency__isnull', True), ('price__isnull', True), ('text__isnull', False)), _connector='OR'), name='held_price_or_text'),
        ),
        migrations.AddIndex(
            model_name='priceobservation',
            index=models.Index(fields=['book', '-observed_at', '-id'], name='observation_of_book'),
        ),
        migrations.AddConstraint(
            model_name='priceobservation',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='observation_price_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='priceobservation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price__isnull', True)), models.Q(('currency__isnull', False), ('price__isnull', False)), _connector='OR'), name='observation_price_has_currency'),
        ),
        migrations.RunPython(create_descending_indexes, drop_descending_indexes),
        migrations.RunPython(install_triggers, remove_triggers),
    ]
