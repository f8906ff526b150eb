"""Scrape runs, for new databases: replaces the migrations up to 0006."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [
        ('scraping', '0001_scrape_runs'),
        ('scraping', '0002_gates'),
        ('scraping', '0003_page_states'),
        ('scraping', '0004_background_runs'),
        ('scraping', '0005_limits_of_before'),
        ('scraping', '0006_texts'),
    ]

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ListingState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.CharField(max_length=32)),
                ('version', models.PositiveIntegerField()),
                ('position', models.PositiveIntegerField()),
                ('url', models.TextField()),
                ('listing', models.JSONField()),
                ('etag', models.CharField(max_length=200, null=True)),
                ('last_modified', models.CharField(max_length=200, null=True)),
            ],
            options={
                'ordering': ['position'],
                'constraints': [models.UniqueConstraint(fields=('site', 'position'), name='one_listing_page_a_position')],
            },
        ),
        migrations.CreateModel(
            name='ScrapeRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.CharField(max_length=32)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('succeeded', 'Succeeded'), ('rejected', 'Rejected'), ('failed', 'Failed'), ('interrupted', 'Interrupted'), ('cancelled', 'Cancelled')], default='running', max_length=16)),
                ('trigger', models.CharField(choices=[('command', 'Command'), ('api', 'Api'), ('admin', 'Admin')], max_length=16)),
                ('is_full', models.BooleanField(default=False, help_text='Otherwise only pages that are new, changed or due.', verbose_name='fetch every page')),
                ('book_limit', models.PositiveIntegerField(help_text='The largest number of books to read.', null=True)),
                ('started_at', models.DateTimeField(null=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('cancel_requested_at', models.DateTimeField(null=True)),
                ('reason', models.TextField(help_text='Why the run did not succeed, in one line.', null=True)),
                ('requests', models.PositiveIntegerField(default=0)),
                ('seen', models.PositiveIntegerField(default=0)),
                ('created', models.PositiveIntegerField(default=0)),
                ('updated', models.PositiveIntegerField(default=0)),
                ('unchanged', models.PositiveIntegerField(default=0)),
                ('held', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('missing', models.PositiveIntegerField(default=0)),
                ('listed', models.PositiveIntegerField(help_text="The number of books in the shop's listing.", null=True)),
                ('fill', models.JSONField(default=dict, help_text='For each field, the share of the books read that have a value.')),
                ('host', models.CharField(blank=True, max_length=300)),
                ('process_id', models.PositiveIntegerField(default=0)),
                ('process_started', models.FloatField(default=0, help_text='In seconds since 1970. Needed because the system reuses process ids.')),
                ('heartbeat_at', models.DateTimeField(default=django.utils.timezone.now, help_text='The time of the last heartbeat.')),
            ],
            options={
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['queued', 'running'])), fields=('site',), name='one_active_run_a_site', violation_error_message='Another crawl of this site is queued or running.')],
            },
        ),
        migrations.CreateModel(
            name='ScrapeProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.TextField()),
                ('field', models.CharField(help_text='Empty if the page could not be fetched.', max_length=64, null=True)),
                ('message', models.TextField()),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='scraping.scraperun')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='PageState',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('site', models.CharField(max_length=32)),
                ('url', models.TextField()),
                ('source_key', models.CharField(max_length=64)),
                ('record', models.JSONField()),
                ('listing', models.CharField(blank=True, help_text="The parser's version and the fingerprint of the listing entry.", max_length=40)),
                ('etag', models.CharField(max_length=200, null=True)),
                ('last_modified', models.CharField(max_length=200, null=True)),
                ('read_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('run', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='pages', to='scraping.scraperun')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('run', None)), fields=('site', 'source_key'), name='one_page_a_book'), models.UniqueConstraint(fields=('run', 'source_key'), name='one_staged_page_a_book')],
            },
        ),
    ]
