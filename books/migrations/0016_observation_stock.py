"""Observations and held prices get the number of copies; a source may state no availability."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0015_source_rows'),
    ]

    operations = [
        migrations.AddField(
            model_name='heldprice',
            name='stock',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='priceobservation',
            name='stock',
            field=models.PositiveIntegerField(help_text='Number of copies.', null=True),
        ),
        migrations.AlterField(
            model_name='heldprice',
            name='in_stock',
            field=models.BooleanField(null=True),
        ),
        migrations.AlterField(
            model_name='priceobservation',
            name='in_stock',
            field=models.BooleanField(null=True),
        ),
    ]
