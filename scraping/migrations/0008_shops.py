import django.core.validators
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0029_uploaded_cover'),
        ('scraping', '0007_recovery'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Shop',
            fields=[
                ('source', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='shop', serialize=False, to='books.source')),
                ('host', models.CharField(error_messages={'unique': 'Another shop has this host.'}, help_text='Such as shop.example. Pages of www.shop.example belong to the same shop.', max_length=260, unique=True)),
                ('is_hand_written', models.BooleanField(default=False, editable=False, help_text='Read by a module of this project.')),
                ('currency', models.CharField(blank=True, help_text='An ISO 4217 code, if all prices have it and the pages state none.', max_length=3)),
                ('decimal_mark', models.CharField(blank=True, choices=[('.', 'Point, as in 12.50'), (',', 'Comma, as in 12,50')], help_text='Only if prices such as 1.234 are in doubt, and all pages write prices in one way.', max_length=1)),
                ('discovery', models.CharField(choices=[('tracked', 'Only pages that somebody tracks'), ('sitemap', 'Pages in the sitemap'), ('listings', 'Pages linked by listing pages')], default='tracked', max_length=16, verbose_name='how pages are found')),
                ('sitemap_url', models.CharField(blank=True, help_text='Empty: those that robots.txt names.', max_length=500, verbose_name='address of the sitemap')),
                ('listing_urls', models.TextField(blank=True, help_text='One in each line.', verbose_name='addresses of listing pages')),
                ('page_pattern', models.CharField(blank=True, help_text='The path of product pages, with * for any text. For example: /book/* or /*/p/*.html', max_length=200)),
                ('delay', models.FloatField(default=1.0, help_text='Seconds between two requests. A longer Crawl-delay in robots.txt is obeyed.', validators=[django.core.validators.MinValueValidator(0.1), django.core.validators.MaxValueValidator(3600.0)])),
                ('pages_per_night', models.PositiveIntegerField(default=500, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100000)])),
                ('robots_seen_on', models.DateField(blank=True, help_text='When a person read robots.txt.', null=True)),
                ('terms_read_on', models.DateField(blank=True, help_text='When a person read the terms of use.', null=True)),
                ('reading_note', models.TextField(blank=True, max_length=2000, verbose_name='why it may be read')),
                ('keep_descriptions', models.BooleanField(default=False, help_text='Descriptions are works: keep them if permitted.')),
                ('show_covers', models.BooleanField(default=False, help_text='Covers are works: show them if permitted.')),
                ('state', models.CharField(choices=[('new', 'New: its first prices wait for confirmation'), ('confirmed', 'Confirmed'), ('paused', 'Paused'), ('blocked', 'Blocked: it must not be read')], default='new', max_length=16)),
                ('state_reason', models.TextField(blank=True, help_text='Why the shop is paused or blocked.')),
                ('refusals', models.PositiveIntegerField(default=0, editable=False, help_text='Responses 403 and 429 in a row.')),
                ('robots', models.JSONField(default=dict, editable=False, help_text='The text of robots.txt, by origin.')),
                ('robots_read_at', models.DateTimeField(editable=False, null=True)),
                ('night_started_at', models.DateTimeField(editable=False, help_text='When the last nightly slice began.', null=True)),
                ('pages_left', models.PositiveIntegerField(default=0, editable=False, help_text='To read in this slice.')),
                ('leased_until', models.DateTimeField(editable=False, help_text='A worker reads the shop until then, on the clock of the database.', null=True)),
                ('discovered_at', models.DateTimeField(editable=False, help_text='When the last search for pages ended.', null=True)),
                ('dated_readings', models.PositiveIntegerField(default=0, editable=False, help_text='Pages read because the sitemap stated a newer date.')),
                ('dated_changes', models.PositiveIntegerField(default=0, editable=False, help_text='How many of them had changed.')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False)),
                ('allowed_by', models.ForeignKey(blank=True, help_text='Who decided that the shop may be read.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['source'],
            },
        ),
        migrations.CreateModel(
            name='ShopPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40)),
                ('url', models.TextField()),
                ('priority', models.PositiveSmallIntegerField(choices=[(0, 'Somebody tracks it'), (1, 'Its date in the sitemap is later than its last reading'), (2, 'Never read'), (3, 'Read before')], default=2)),
                ('due_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='On the clock of the database.')),
                ('dated_at', models.DateTimeField(help_text='The date in the sitemap (lastmod).', null=True)),
                ('listed_at', models.DateTimeField(help_text='When the sitemap or a listing page last contained the page.', null=True)),
                ('read_at', models.DateTimeField(help_text='When the page was last read successfully.', null=True)),
                ('etag', models.CharField(max_length=200, null=True)),
                ('last_modified', models.CharField(max_length=200, null=True)),
                ('state', models.CharField(choices=[('waiting', 'Not read yet'), ('unconfirmed', 'Waits for the confirmation of the shop'), ('read', 'Read'), ('in_doubt', 'In doubt'), ('failed', 'Cannot be read'), ('gone', 'No longer in the shop')], default='waiting', max_length=16)),
                ('reason', models.CharField(blank=True, help_text='Why the last reading failed.', max_length=500)),
                ('failures', models.PositiveIntegerField(default=0, help_text='Readings in a row that failed.')),
                ('record', models.JSONField(help_text='What the page states, while the shop is not confirmed.', null=True)),
                ('sources', models.JSONField(default=dict, help_text='For each field, where the page states it.')),
                ('book', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shop_pages', to='books.book')),
                ('shop', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pages', to='scraping.shop')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='TrackedPage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='trackings', to='scraping.shoppage')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='shop',
            constraint=models.CheckConstraint(condition=models.Q(('delay__gte', 0)), name='shop_delay_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='shop',
            constraint=models.CheckConstraint(condition=models.Q(('pages_per_night__gte', 1)), name='shop_pages_per_night_positive'),
        ),
        migrations.AddIndex(
            model_name='shoppage',
            index=models.Index(fields=['shop', 'priority', 'due_at', 'id'], name='shop_page_order'),
        ),
        migrations.AddConstraint(
            model_name='shoppage',
            constraint=models.UniqueConstraint(fields=('shop', 'key'), name='one_row_a_shop_page'),
        ),
        migrations.AddConstraint(
            model_name='trackedpage',
            constraint=models.UniqueConstraint(fields=('user', 'page'), name='one_tracking_a_person_and_page'),
        ),
    ]
