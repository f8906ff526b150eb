from django.db import migrations, models

from core.db.fields import FoldedField


class Migration(migrations.Migration):
    dependencies = [("books", "0022_unknown_availability")]

    operations = [
        *(
            migrations.AddField(name, "subtitle", models.CharField(blank=True, max_length=500, null=True))
            for name in ("book", "historicalbook")
        ),
        # The column is unchanged, and no book has a subtitle yet. SQLite would copy the whole table.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField("book", "title_key", FoldedField(second="subtitle", source="title"))
            ]
        ),
    ]
