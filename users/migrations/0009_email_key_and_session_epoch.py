"""Columns for the key of the e-mail address, which the next migration fills, and for ending all sessions."""

from django.db import migrations, models

import users.emails


class Migration(migrations.Migration):
    dependencies = [("users", "0008_check_emails")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_key",
            field=users.emails.EmailKeyField(null=True),
        ),
        migrations.AddField(
            model_name="user",
            name="session_epoch",
            field=models.PositiveIntegerField(
                default=0, editable=False, help_text="Part of the hash in every session; a change ends them all."
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=models.EmailField(
                error_messages={"unique": "There is an account with this e-mail address already."},
                max_length=254,
                unique=True,
                validators=[users.emails.validate_new_email],
                verbose_name="e-mail address",
            ),
        ),
    ]
