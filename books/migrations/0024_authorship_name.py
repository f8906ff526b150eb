"""The name of an author as a book states it. SQLite adds nullable columns without copying the tables."""

from django.db import migrations, models

import core.db.fields


class Migration(migrations.Migration):
    dependencies = [("books", "0023_subtitle")]

    operations = [
        migrations.AddField(
            "author",
            "stated_name",
            models.CharField(
                editable=False, help_text="The name that the source stated first.", max_length=300, null=True
            ),
        ),
        migrations.AddField(
            "authorship",
            "name",
            models.CharField(
                blank=True,
                help_text="Only if it differs from the author's name, such as in another script.",
                max_length=300,
                null=True,
                verbose_name="name in this book",
            ),
        ),
        migrations.AddField("authorship", "name_key", core.db.fields.FoldedField(null=True, source="name")),
        migrations.AddIndex(
            "authorship",
            models.Index(
                condition=models.Q(name_key__isnull=False), fields=["name_key", "author"], name="authorship_name"
            ),
        ),
    ]
