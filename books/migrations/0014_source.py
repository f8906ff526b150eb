"""Sources become rows, so that a new source needs no migration. The changed fields of books run no SQL."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0013_external_service_and_texts'),
    ]

    operations = [
        migrations.CreateModel(
            name='Source',
            fields=[
                ('name', models.SlugField(max_length=32, primary_key=True, serialize=False)),
                ('label', models.CharField(help_text='The name that people read.', max_length=100)),
                ('is_shop', models.BooleanField(default=False, help_text='Whether books have prices there.')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.AlterField(
            model_name='book',
            name='source',
            field=models.CharField(default='manual', help_text='The name of the source that states the book, such as a shop.', max_length=32),
        ),
        migrations.AlterField(
            model_name='historicalbook',
            name='source',
            field=models.CharField(default='manual', help_text='The name of the source that states the book, such as a shop.', max_length=32),
        ),
    ]
