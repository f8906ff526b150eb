"""Indexes of price changes. They are created after the columns are filled, which is faster."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0031_fill_price_summaries'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='book',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change_percent__isnull', True), ('highest_price__isnull', True), ('lowest_on__isnull', True), ('lowest_price__isnull', True), ('previous_price__isnull', True), ('price_changed_at__isnull', True), ('tracked_currency__isnull', True), ('tracked_since__isnull', True)), models.Q(('highest_price__isnull', False), ('lowest_on__isnull', False), ('lowest_price__isnull', False), ('tracked_currency__isnull', False), ('tracked_since__isnull', False), models.Q(models.Q(('previous_price__isnull', False), ('price_changed_at__isnull', False)), models.Q(('change_percent__isnull', True), ('previous_price__isnull', True), ('price_changed_at__isnull', True)), _connector='OR')), _connector='OR'), name='book_price_summary_is_complete'),
        ),
        migrations.AddConstraint(
            model_name='priceobservation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('change_percent__isnull', True), ('previous_currency__isnull', True), ('previous_price__isnull', True)), models.Q(('previous_currency__isnull', False), ('previous_price__isnull', False), ('price__isnull', False)), _connector='OR'), name='observation_change_is_complete'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['updated_at', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_updated_at'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(fields=['change_percent', 'id', 'price', 'rating', 'source', 'category', 'in_stock', 'is_published', 'missing_since'], name='book_by_change_percent'),
        ),
        migrations.AddIndex(
            model_name='book',
            index=models.Index(condition=models.Q(('price_changed_at__isnull', False)), fields=['price_changed_at', 'id', 'change_percent'], name='book_by_price_change'),
        ),
        migrations.AddIndex(
            model_name='priceobservation',
            index=models.Index(condition=models.Q(('previous_price__isnull', False)), fields=['observed_at', 'id', 'change_percent', 'book'], name='change_by_time'),
        ),
        migrations.AddIndex(
            model_name='priceobservation',
            index=models.Index(condition=models.Q(('previous_price__isnull', False)), fields=['change_percent', 'id', 'observed_at', 'book'], name='change_by_percent'),
        ),
    ]
