"""Indexes contain the availability in place of `in_stock`, which is derived from it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0037_fill_availability'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_title_key',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_price',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_rating',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_first_publish_year',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_created_at',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_source',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_category',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_in_stock',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_updated_at',
        ),
        migrations.RemoveIndex(
            model_name='book',
            name='book_by_change_percent',
        ),
        migrations.RemoveField(
            model_name='book',
            name='in_stock',
        ),
        migrations.RemoveField(
            model_name='heldprice',
            name='in_stock',
        ),
        migrations.RemoveField(
            model_name='historicalbook',
            name='in_stock',
        ),
        migrations.RemoveField(
            model_name='priceobservation',
            name='in_stock',
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['title_key', 'id', 'price', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_title_key'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['price', 'id', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_price'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['rating', 'id', 'price', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_rating'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['first_publish_year', 'id', 'price', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_first_publish_year'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['created_at', 'id', 'price', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_created_at'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['updated_at', 'id', 'price', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_updated_at'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['change_percent', 'id', 'price', 'rating', 'source', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_change_percent'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['source', 'id', 'price', 'rating', 'category', 'availability', 'is_published', 'missing_since'], name='book_by_source'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['category', 'id', 'price', 'rating', 'source', 'availability', 'is_published', 'missing_since'], name='book_by_category'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['availability', 'id', 'price', 'rating', 'source', 'category', 'is_published', 'missing_since'], name='book_by_availability'),
        ),
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(('availability__in', ['in_stock', 'out_of_stock', 'preorder', 'backorder', 'unknown'])), name='book_availability_known', violation_error_message='Use one of: in_stock, out_of_stock, preorder, backorder, unknown.'),
        ),
        migrations.AddConstraint(
            model_name='heldprice',
            constraint=models.CheckConstraint(condition=models.Q(('availability__in', ['in_stock', 'out_of_stock', 'preorder', 'backorder', 'unknown'])), name='held_price_availability_known', violation_error_message='Use one of: in_stock, out_of_stock, preorder, backorder, unknown.'),
        ),
        migrations.AddConstraint(
            model_name='priceobservation',
            constraint=models.CheckConstraint(condition=models.Q(('availability__in', ['in_stock', 'out_of_stock', 'preorder', 'backorder', 'unknown'])), name='observation_availability_known', violation_error_message='Use one of: in_stock, out_of_stock, preorder, backorder, unknown.'),
        ),
    ]
