"""Changes only texts; runs no SQL."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scraping', '0005_limits_of_before'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pagestate',
            name='listing',
            field=models.CharField(blank=True, help_text="The parser's version and the fingerprint of the listing entry.", max_length=40),
        ),
        migrations.AlterField(
            model_name='scrapeproblem',
            name='field',
            field=models.CharField(help_text='Empty if the page could not be fetched.', max_length=64, null=True),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='book_limit',
            field=models.PositiveIntegerField(help_text='The largest number of books to read.', null=True),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='fill',
            field=models.JSONField(default=dict, help_text='For each field, the share of the books read that have a value.'),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='heartbeat_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='The time of the last heartbeat.'),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='is_full',
            field=models.BooleanField(default=False, help_text='Otherwise only pages that are new, changed or due.', verbose_name='fetch every page'),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='listed',
            field=models.PositiveIntegerField(help_text="The number of books in the shop's listing.", null=True),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='process_started',
            field=models.FloatField(default=0, help_text='In seconds since 1970. Needed because the system reuses process ids.'),
        ),
        migrations.AlterField(
            model_name='scraperun',
            name='reason',
            field=models.TextField(help_text='Why the run did not succeed, in one line.', null=True),
        ),
        migrations.AlterConstraint(
            model_name='scraperun',
            name='one_active_run_a_site',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('site',), name='one_active_run_a_site', violation_error_message='Another crawl of this site is queued or running.'),
        ),
    ]
