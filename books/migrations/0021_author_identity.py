"""An author is identified by source and key, like a book."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0020_author_sources'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='author',
            constraint=models.UniqueConstraint(fields=('source', 'source_key'), name='author_source_key_unique', violation_error_message='The catalogue already has an author with this source and key.'),
        ),
        migrations.AddConstraint(
            model_name='author',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('source', None), ('source_key', None)), models.Q(('source__isnull', False), ('source_key__isnull', False), models.Q(('source', ''), _negated=True), models.Q(('source_key', ''), _negated=True)), _connector='OR'), name='author_source_has_key', violation_error_message='State a source and its key together, or neither.'),
        ),
    ]
