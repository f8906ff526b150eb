"""The availability of books, price observations and price reviews."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0035_cover_permission'),
    ]

    operations = [
        migrations.AddField(
            model_name='book',
            name='availability',
            field=models.CharField(choices=[('in_stock', 'In stock'), ('out_of_stock', 'Sold out'), ('preorder', 'Preorder'), ('backorder', 'Backorder'), ('unknown', 'Not stated')], db_default='unknown', default='unknown', max_length=16),
        ),
        migrations.AddField(
            model_name='heldprice',
            name='availability',
            field=models.CharField(choices=[('in_stock', 'In stock'), ('out_of_stock', 'Sold out'), ('preorder', 'Preorder'), ('backorder', 'Backorder'), ('unknown', 'Not stated')], db_default='unknown', default='unknown', max_length=16),
        ),
        migrations.AddField(
            model_name='historicalbook',
            name='availability',
            field=models.CharField(choices=[('in_stock', 'In stock'), ('out_of_stock', 'Sold out'), ('preorder', 'Preorder'), ('backorder', 'Backorder'), ('unknown', 'Not stated')], db_default='unknown', default='unknown', max_length=16),
        ),
        migrations.AddField(
            model_name='priceobservation',
            name='availability',
            field=models.CharField(choices=[('in_stock', 'In stock'), ('out_of_stock', 'Sold out'), ('preorder', 'Preorder'), ('backorder', 'Backorder'), ('unknown', 'Not stated')], db_default='unknown', default='unknown', max_length=16),
        ),
    ]
