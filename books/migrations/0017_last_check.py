"""Stores when sources last confirmed books. Existing books get a time with the next crawl."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0016_observation_stock'),
    ]

    operations = [
        migrations.CreateModel(
            name='LastCheck',
            fields=[
                ('book', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='last_check', serialize=False, to='books.book')),
                ('at', models.DateTimeField()),
            ],
        ),
    ]
