from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0033_paths_of_uploaded_covers'),
    ]

    operations = [
        migrations.AddField(
            model_name='heldprice',
            name='is_report',
            field=models.BooleanField(default=False, help_text='The book has this price: dismissing it withdraws the price.', verbose_name='reported by a reader'),
        ),
    ]
