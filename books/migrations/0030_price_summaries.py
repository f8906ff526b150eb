"""Columns for price changes and for the summaries of price histories."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0029_uploaded_cover'),
    ]

    operations = [
        migrations.AddField(
            model_name='book',
            name='change_percent',
            field=models.DecimalField(decimal_places=2, editable=False, help_text='From the previous price to the last observed one; negative for a drop.', max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='highest_price',
            field=models.DecimalField(decimal_places=2, editable=False, help_text='The highest observed price.', max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='lowest_on',
            field=models.DateField(editable=False, help_text='The first day with the lowest price, in UTC.', null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='lowest_price',
            field=models.DecimalField(decimal_places=2, editable=False, help_text='The lowest observed price.', max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='previous_price',
            field=models.DecimalField(decimal_places=2, editable=False, help_text='The last different price in the same currency.', max_digits=10, null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='price_changed_at',
            field=models.DateTimeField(editable=False, help_text='When a source first stated another price than the previous one.', null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='tracked_currency',
            field=models.CharField(editable=False, help_text='The currency of the last observed price and of the summary.', max_length=3, null=True),
        ),
        migrations.AddField(
            model_name='book',
            name='tracked_since',
            field=models.DateTimeField(editable=False, help_text='When a price in this currency was first observed.', null=True),
        ),
        migrations.AddField(
            model_name='priceobservation',
            name='change_percent',
            field=models.DecimalField(decimal_places=2, editable=False, help_text='Negative for a drop; empty if the currency changed or the price was zero.', max_digits=15, null=True),
        ),
        migrations.AddField(
            model_name='priceobservation',
            name='previous_currency',
            field=models.CharField(max_length=3, null=True),
        ),
        migrations.AddField(
            model_name='priceobservation',
            name='previous_price',
            field=models.DecimalField(decimal_places=2, help_text='The price before, if this observation changed it.', max_digits=10, null=True),
        ),
    ]
