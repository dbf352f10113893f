"""A case is offered before it changes hands, and the coordination centre decides on those that go to and fro.

Until now an owner was simply named. Locks: the three columns of cases are added at once, without rewriting; the
constraint is checked by reading the table once; the new tables are empty.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0014_next_promise_runs_for_the_customer'),
        ('customers', '0004_index_of_name_pairs'),
        ('organisation', '0004_coordination_centre'),
        ('standards', '0002_pledges'),
    ]

    operations = [
        migrations.CreateModel(
            name='Handoff',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300)),
                ('offered_at', models.DateTimeField()),
                ('answer_by', models.DateTimeField()),
                ('by', models.CharField(max_length=40)),
                ('is_open', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.CharField(blank=True, choices=[('accepted', 'Accepted'), ('refused', 'Refused'), ('timed_out', 'Not answered in time'), ('withdrawn', 'Taken back'), ('decided', 'Decided by the coordination centre')], max_length=10)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('answer', models.CharField(blank=True, help_text='Why it was refused.', max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name='HandoffLimits',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('answer_minutes', models.PositiveSmallIntegerField(help_text='Open time of the one it is offered to.')),
                ('most_accepted', models.PositiveSmallIntegerField(help_text='How often a case may be handed over in all.')),
                ('most_offered', models.PositiveSmallIntegerField(help_text='How often a case may be offered in all.')),
                ('return_days', models.PositiveSmallIntegerField(help_text='Who owned the case within so many days is not offered it again by an agent.')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='OwnerDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('cause', models.CharField(choices=[('too_often', 'Handed over too often'), ('to_and_fro', 'Offered back to somebody who had it'), ('asked', 'The centre decided by itself')], max_length=12)),
                ('asked_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=40)),
                ('question', models.CharField(help_text='Why the last owner wanted to hand it over.', max_length=300)),
                ('is_open', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('review_on', models.DateField(null=True)),
                ('review_at', models.DateTimeField(help_text='When that day begins for the house.', null=True)),
                ('reviewed_at', models.DateTimeField(help_text='When the centre was reminded.', null=True)),
                ('by', models.CharField(blank=True, max_length=40)),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='handoff_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='How often the case has got another owner.'),
        ),
        migrations.AddField(
            model_name='case',
            name='held_since',
            field=models.DateTimeField(help_text='Since when the coordination centre has to name the owner.', null=True),
        ),
        migrations.AddField(
            model_name='case',
            name='offered_until',
            field=models.DateTimeField(help_text='Until when an open offer of the case can be accepted.', null=True),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('held_since', None), ('offered_until', None)), _connector='OR'), name='only_an_open_case_is_offered_or_held'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handoffs', to='cases.case'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='giver',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_given', to='organisation.staff'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='taker',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_taken', to='organisation.staff'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='to_staff',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_received', to='organisation.staff'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='to_team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='handoffs_received', to='organisation.team'),
        ),
        migrations.AddConstraint(
            model_name='handofflimits',
            constraint=models.CheckConstraint(condition=models.Q(('answer_minutes__gte', 1), ('most_accepted__gte', 1), ('most_offered__gte', 1)), name='handoff_limits_leave_room_for_one'),
        ),
        migrations.AddField(
            model_name='handoff',
            name='limits',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handoffs', to='cases.handofflimits'),
        ),
        migrations.AddField(
            model_name='ownerdecision',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='owner_decisions', to='cases.case'),
        ),
        migrations.AddField(
            model_name='ownerdecision',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='decided_cases', to='organisation.staff'),
        ),
        migrations.AddIndex(
            model_name='handoff',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['answer_by', 'id'], name='handoffs_to_time_out'),
        ),
        migrations.AddIndex(
            model_name='handoff',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['to_staff'], name='handoffs_offered_to_staff'),
        ),
        migrations.AddIndex(
            model_name='handoff',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['to_team'], name='handoffs_offered_to_team'),
        ),
        migrations.AddConstraint(
            model_name='handoff',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('case',), name='one_open_handoff_of_a_case'),
        ),
        migrations.AddConstraint(
            model_name='handoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('to_staff', None), ('to_team__isnull', False)), models.Q(('to_staff__isnull', False), ('to_team', None)), _connector='OR'), name='handoff_is_offered_to_a_person_or_a_team'),
        ),
        migrations.AddConstraint(
            model_name='handoff',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None), ('is_open', True), ('taker', None)), models.Q(('end', 'accepted'), ('ended_at__isnull', False), ('is_open', False), ('taker__isnull', False)), models.Q(('end', 'refused'), ('ended_at__isnull', False), ('is_open', False), ('taker', None), models.Q(('answer', ''), _negated=True)), models.Q(('end__in', ['timed_out', 'withdrawn', 'decided']), ('ended_at__isnull', False), ('is_open', False), ('taker', None)), _connector='OR'), name='handoff_is_open_or_ended_in_one_way'),
        ),
        migrations.AddConstraint(
            model_name='handoff',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='handoff_says_why'),
        ),
        migrations.AddIndex(
            model_name='ownerdecision',
            index=models.Index(condition=models.Q(('review_at__isnull', False), ('reviewed_at', None)), fields=['review_at', 'id'], name='decisions_to_review'),
        ),
        migrations.AddConstraint(
            model_name='ownerdecision',
            constraint=models.UniqueConstraint(condition=models.Q(('is_open', True)), fields=('case',), name='one_open_decision_of_a_case'),
        ),
        migrations.AddConstraint(
            model_name='ownerdecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('is_open', True), ('owner', None), ('review_at', None)), models.Q(('ended_at__isnull', False), ('is_open', False), ('owner', None), ('review_at', None)), models.Q(('ended_at__isnull', False), ('is_open', False), ('owner__isnull', False), ('review_at__isnull', False), ('review_on__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='decision_names_an_owner_why_and_until_when'),
        ),
    ]
