"""Changes only a text; runs no SQL."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0002_squashed_0005'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='is_staff',
            field=models.BooleanField(default=False, help_text='May sign in to the admin. What the account may view and change there and in the API depends on its permissions: the group Curators has those for the catalogue, its prices and crawls.', verbose_name='staff'),
        ),
    ]
