"""The library, for new databases: replaces the migrations 0002 to 0005."""

import core.db.fields
import django.db.models.deletion
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('users', '0002_library'),
        ('users', '0003_notes_uncut'),
        ('users', '0004_fold_punctuation'),
        ('users', '0005_texts'),
    ]

    dependencies = [
        ('books', '0001_squashed_0013'),
        ('users', '0001_accounts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='user',
            name='is_active',
            field=models.BooleanField(default=True, help_text='Deactivate an account instead of deleting it.', verbose_name='active'),
        ),
        migrations.CreateModel(
            name='LibraryEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('want_to_read', 'Want to read'), ('reading', 'Reading'), ('read', 'Read'), ('stopped', 'Stopped')], default='want_to_read', max_length=16)),
                ('rating', models.DecimalField(blank=True, decimal_places=1, help_text='A rating is 1 to 5, in halves.', max_digits=2, null=True)),
                ('notes', models.TextField(blank=True, default='', max_length=10000)),
                ('notes_key', core.db.fields.FoldedField(cut=False, source='notes')),
                ('version', models.PositiveIntegerField(default=1, editable=False, help_text='Counts the changes of the entry.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('book', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='library_entries', to='books.book')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='library_entries', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'library entries',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reading',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('started_on', models.DateField(blank=True, null=True)),
                ('finished_on', models.DateField(blank=True, null=True)),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='readings', to='users.libraryentry')),
            ],
            options={
                'ordering': [models.OrderBy(models.F('started_on'), nulls_last=True), 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='libraryentry',
            constraint=models.UniqueConstraint(fields=('user', 'book'), name='library_entry_unique'),
        ),
        migrations.AddConstraint(
            model_name='libraryentry',
            constraint=models.UniqueConstraint(condition=models.Q(('user', None)), fields=('book',), name='library_entry_unique_on_shared_shelf'),
        ),
        migrations.AddConstraint(
            model_name='libraryentry',
            constraint=models.CheckConstraint(condition=models.Q(('rating__in', [Decimal('1'), Decimal('1.5'), Decimal('2'), Decimal('2.5'), Decimal('3'), Decimal('3.5'), Decimal('4'), Decimal('4.5'), Decimal('5')])), name='library_entry_rating_in_halves', violation_error_message='A rating is 1 to 5, in halves.'),
        ),
        migrations.AddConstraint(
            model_name='reading',
            constraint=models.CheckConstraint(condition=models.Q(('finished_on__gte', models.F('started_on')), ('started_on', None), ('finished_on', None), _connector='OR'), name='reading_finished_after_start', violation_error_message='A book is finished no earlier than it was started.'),
        ),
    ]
