"""Changes only texts; runs no SQL."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('users', '0004_fold_punctuation'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Deactivate an account instead of deleting it.', verbose_name='active'),
        ),
    ]
