"""Authors get a source: other sources than Open Library have keys of authors too."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0018_track_freshness'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='author',
            name='author_open_library_key_null_or_text',
        ),
        migrations.RenameField(
            model_name='author',
            old_name='open_library_key',
            new_name='source_key',
        ),
        migrations.AlterField(
            model_name='author',
            name='source_key',
            field=models.CharField(blank=True, help_text="Identifies the author at the source, such as Open Library's OL…A.", max_length=64, null=True),
        ),
        migrations.AddField(
            model_name='author',
            name='source',
            field=models.CharField(blank=True, help_text='The name of a source.', max_length=32, null=True),
        ),
    ]
