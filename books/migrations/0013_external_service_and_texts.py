"""Renames OutsideService to ExternalService; the other operations change only texts, and run no SQL."""

import books.models.book
import django.core.validators
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0012_one_index_each'),
    ]

    operations = [
        migrations.RenameModel('OutsideService', 'ExternalService'),
        migrations.RenameField('externalservice', 'next_turn_at', 'next_request_at'),
        migrations.RenameField('externalservice', 'resting_until', 'open_until'),
        migrations.AlterModelOptions(
            name='heldprice',
            options={'ordering': ['-held_at', '-pk'], 'verbose_name': 'price review'},
        ),
        migrations.AlterField(
            model_name='book',
            name='isbn_13',
            field=models.CharField(blank=True, help_text='Only if it is certain.', max_length=13, null=True, verbose_name='ISBN-13'),
        ),
        migrations.AlterField(
            model_name='book',
            name='missing_since',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the source stopped listing the book.', null=True),
        ),
        migrations.AlterField(
            model_name='book',
            name='source_key',
            field=models.CharField(default=books.models.book.new_key, help_text="Identifies the book at its source, such as a shop's UPC.", max_length=64),
        ),
        migrations.AlterField(
            model_name='book',
            name='stock',
            field=models.PositiveIntegerField(blank=True, help_text='Number of copies.', null=True, validators=[django.core.validators.MaxValueValidator(2147483647)]),
        ),
        migrations.AlterField(
            model_name='book',
            name='work_key',
            field=models.CharField(blank=True, help_text="Open Library's key of the work (OL…W). Rows of one work share it.", max_length=64, null=True),
        ),
        migrations.AlterField(
            model_name='category',
            name='name',
            field=models.CharField(error_messages={'unique': 'A category with this name already exists.'}, max_length=100, unique=True),
        ),
        migrations.AlterField(
            model_name='curatedfield',
            name='source_value',
            field=models.JSONField(help_text='The value that the source states now.', null=True),
        ),
        migrations.AlterField(
            model_name='heldprice',
            name='held_at',
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name='stated at'),
        ),
        migrations.AlterField(
            model_name='heldprice',
            name='state',
            field=models.CharField(choices=[('held', 'Pending'), ('accepted', 'Accepted'), ('dismissed', 'Dismissed'), ('overtaken', 'Superseded by a later price')], default='held', max_length=16),
        ),
        migrations.AlterField(
            model_name='heldprice',
            name='text',
            field=models.CharField(help_text="The source's text, if it is not readable as a price.", max_length=100, null=True),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='isbn_13',
            field=models.CharField(blank=True, help_text='Only if it is certain.', max_length=13, null=True, verbose_name='ISBN-13'),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='missing_since',
            field=models.DateTimeField(blank=True, editable=False, help_text='When the source stopped listing the book.', null=True),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='source_key',
            field=models.CharField(default=books.models.book.new_key, help_text="Identifies the book at its source, such as a shop's UPC.", max_length=64),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='stock',
            field=models.PositiveIntegerField(blank=True, help_text='Number of copies.', null=True, validators=[django.core.validators.MaxValueValidator(2147483647)]),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='work_key',
            field=models.CharField(blank=True, help_text="Open Library's key of the work (OL…W). Rows of one work share it.", max_length=64, null=True),
        ),
        migrations.AlterConstraint(
            model_name='author',
            name='author_open_library_key_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('open_library_key', ''), _negated=True), name='author_open_library_key_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_source_key_unique',
            constraint=models.UniqueConstraint(fields=('source', 'source_key'), name='book_source_key_unique', violation_error_message='The catalogue already has a book with this source and key.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_upc_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('upc', ''), _negated=True), name='book_upc_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_work_key_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('work_key', ''), _negated=True), name='book_work_key_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_description_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('description', ''), _negated=True), name='book_description_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_cover_url_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('cover_url', ''), _negated=True), name='book_cover_url_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_product_url_null_or_text',
            constraint=models.CheckConstraint(condition=models.Q(('product_url', ''), _negated=True), name='book_product_url_null_or_text', violation_error_message='Leave an unknown value null; an empty text is not allowed.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_currency_code',
            constraint=models.CheckConstraint(condition=models.Q(('currency__regex', '^[A-Z]{3}$')), name='book_currency_code', violation_error_message='Use three capital letters for a currency, such as GBP.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_title_not_empty',
            constraint=models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='book_title_not_empty', violation_error_message='Enter a title.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_source_key_not_empty',
            constraint=models.CheckConstraint(condition=models.Q(('source_key', ''), _negated=True), name='book_source_key_not_empty', violation_error_message='Enter a source key.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_price_not_negative',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0)), name='book_price_not_negative', violation_error_message='A price cannot be negative.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_price_has_currency',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency__isnull', True), ('price__isnull', True)), models.Q(('currency__isnull', False), ('price__isnull', False)), _connector='OR'), name='book_price_has_currency', violation_error_message='State a price and its currency together, or neither.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_rating_1_to_5',
            constraint=models.CheckConstraint(condition=models.Q(('rating__range', (1, 5))), name='book_rating_1_to_5', violation_error_message='A rating must be a whole number from 1 to 5.'),
        ),
        migrations.AlterConstraint(
            model_name='book',
            name='book_isbn_13_digits',
            constraint=models.CheckConstraint(condition=models.Q(('isbn_13__regex', '^97[89][0-9]{10}$')), name='book_isbn_13_digits', violation_error_message='An ISBN-13 consists of 13 digits and starts with 978 or 979.'),
        ),
    ]
