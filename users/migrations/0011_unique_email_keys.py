"""Makes the key of the e-mail address unique, in place of its lower-case form, which each database computes differently."""

from django.db import migrations, models

import users.emails


class Migration(migrations.Migration):
    dependencies = [("users", "0010_fill_email_keys")]

    operations = [
        migrations.AlterField(
            model_name="user",
            name="email_key",
            field=users.emails.EmailKeyField(),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                fields=("email_key",),
                name="user_email_key_unique",
                violation_error_message="There is an account with this e-mail address already.",
            ),
        ),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique_in_any_case"),
    ]
