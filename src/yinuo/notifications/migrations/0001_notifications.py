"""Who is told of what, by which ways, and what is on its way to their browsers.

Locks: new tables only.
"""

import django.db.models.deletion
import yinuo.access.encryption
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisation', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('subject_type', models.CharField(max_length=20)),
                ('subject_id', models.BigIntegerField()),
                ('count', models.PositiveIntegerField(default=1)),
                ('first_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('moment', models.DateTimeField(null=True)),
                ('actor', models.CharField(blank=True, max_length=40)),
                ('in_app', models.BooleanField()),
                ('in_digest', models.BooleanField()),
                ('push_after', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='organisation.staff')),
            ],
        ),
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.BinaryField(max_length=32)),
                ('endpoint', yinuo.access.encryption.EncryptedTextField()),
                ('p256dh', models.CharField(help_text="The browser's public key.", max_length=120)),
                ('auth', yinuo.access.encryption.EncryptedTextField(help_text='The secret shared with the browser.')),
                ('browser', models.CharField(max_length=80)),
                ('since', models.DateTimeField()),
                ('reached_at', models.DateTimeField(null=True)),
                ('failure_count', models.PositiveIntegerField(default=0, help_text='Tries in a row that failed.')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_subscriptions', to='organisation.staff')),
            ],
        ),
        migrations.CreateModel(
            name='PushDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveIntegerField()),
                ('is_urgent', models.BooleanField()),
                ('made_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('next_try_at', models.DateTimeField()),
                ('attempt_count', models.PositiveSmallIntegerField(default=0)),
                ('notification', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.notification')),
                ('subscription', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='notifications.pushsubscription')),
            ],
        ),
        migrations.CreateModel(
            name='TellingWish',
            fields=[
                ('staff', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='telling_wish', serialize=False, to='organisation.staff')),
                ('zone', models.CharField(max_length=60)),
                ('quiet_begins', models.TimeField(null=True)),
                ('quiet_ends', models.TimeField(null=True)),
                ('quiet_outside_shifts', models.BooleanField(default=False)),
                ('urgent_breaks_quiet', models.BooleanField(default=False)),
                ('digest_hour', models.PositiveSmallIntegerField(help_text='Null: no digest.', null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('quiet_begins', None), ('quiet_ends', None)), models.Q(('quiet_begins__isnull', False), ('quiet_ends__isnull', False), models.Q(('quiet_begins', models.F('quiet_ends')), _negated=True)), _connector='OR'), name='quiet_hours_begin_and_end'), models.CheckConstraint(condition=models.Q(('digest_hour', None), ('digest_hour__lte', 23), _connector='OR'), name='digest_hour_is_of_the_day')],
            },
        ),
        migrations.CreateModel(
            name='Told',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('notification', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='events', to='notifications.notification')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='organisation.staff')),
            ],
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('made_at', models.DateTimeField()),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='digests', to='organisation.staff')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staff', 'day'), name='one_digest_a_day')],
            },
        ),
        migrations.CreateModel(
            name='KindChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=60)),
                ('app', models.BooleanField()),
                ('push', models.BooleanField()),
                ('digest', models.BooleanField()),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='kind_choices', to='organisation.staff')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('staff', 'kind'), name='one_choice_for_a_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('in_app', True)), fields=['staff', '-at', '-id'], name='notifications_of_staff'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('in_app', True)), fields=['staff', 'kind', '-at', '-id'], name='notifications_of_a_kind'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('in_app', True), ('read_at', None)), fields=['staff', '-at', '-id'], name='notifications_unread'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('push_after__isnull', False)), fields=['push_after', 'id'], name='notifications_to_push'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at__isnull', False)), fields=['read_at'], name='notifications_read_by_time'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['at'], name='notifications_unread_by_time'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(condition=models.Q(('read_at', None)), fields=('staff', 'kind', 'subject_type', 'subject_id'), name='one_unread_notification_of_a_kind_about_a_thing'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('count__gte', 1)), name='a_notification_is_of_something'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.CheckConstraint(condition=models.Q(('first_at__lte', models.F('at'))), name='a_notification_grows_forwards'),
        ),
        migrations.AddIndex(
            model_name='pushsubscription',
            index=models.Index(fields=['staff', 'id'], name='push_subscriptions_of_staff'),
        ),
        migrations.AddConstraint(
            model_name='pushsubscription',
            constraint=models.UniqueConstraint(fields=('digest',), name='a_browser_is_one_persons'),
        ),
        migrations.AddIndex(
            model_name='pushdelivery',
            index=models.Index(fields=['next_try_at', 'id'], name='pushes_due'),
        ),
        migrations.AddConstraint(
            model_name='pushdelivery',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('made_at'))), name='a_push_has_time_to_arrive'),
        ),
        migrations.AddConstraint(
            model_name='told',
            constraint=models.UniqueConstraint(fields=('staff', 'key'), name='told_of_an_event_once'),
        ),
    ]
