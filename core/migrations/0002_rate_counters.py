"""Counters of rate limits, which the cache held before."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("config", "0001_cache_table")]

    operations = [
        migrations.CreateModel(
            name="RateCounter",
            fields=[
                ("key", models.CharField(max_length=255, primary_key=True, serialize=False)),
                ("attempts", models.PositiveIntegerField()),
                (
                    "expires_at",
                    models.FloatField(db_index=True, help_text="Seconds since 1970, on the clock of the database."),
                ),
            ],
            options={"db_table": "rate_counter"},
        ),
    ]
