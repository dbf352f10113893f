"""Others are asked for a piece of a case by a task, with a promise of its own to the owner.

Locks: the two columns are added at once, without rewriting; the new table is empty.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0022_escalations'),
        ('customers', '0004_index_of_name_pairs'),
        ('organisation', '0004_coordination_centre'),
        ('standards', '0004_times_of_further_kinds_and_pauses'),
    ]

    operations = [
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('needed', models.TextField(help_text='What is asked for.')),
                ('is_blocking', models.BooleanField(help_text='The case cannot be closed before it is answered.')),
                ('opened_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('is_open', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('end', models.CharField(blank=True, choices=[('done', 'Done'), ('refused', 'Turned down'), ('withdrawn', 'Taken back')], max_length=10)),
                ('answer', models.TextField(blank=True, help_text='What came of it, or why not.')),
            ],
        ),
        migrations.AddField(
            model_name='case',
            name='blocking_task_count',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, help_text='Open tasks of others without which the case cannot be closed.'),
        ),
        migrations.AddField(
            model_name='task',
            name='asked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks_asked', to='organisation.staff'),
        ),
        migrations.AddField(
            model_name='task',
            name='assignee',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='organisation.staff'),
        ),
        migrations.AddField(
            model_name='task',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='cases.case'),
        ),
        migrations.AddField(
            model_name='task',
            name='note',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.message'),
        ),
        migrations.AddField(
            model_name='task',
            name='team',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to='organisation.team'),
        ),
        migrations.AddField(
            model_name='promise',
            name='task',
            field=models.ForeignKey(help_text='Whose word it is.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='promises', to='cases.task'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['team', 'due_at', 'id'], name='tasks_of_a_team'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['assignee', 'due_at', 'id'], name='tasks_of_a_person'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('is_open', True)), fields=['asked_by', 'due_at', 'id'], name='tasks_asked_by'),
        ),
        migrations.AddIndex(
            model_name='task',
            index=models.Index(condition=models.Q(('is_open', False)), fields=['team', '-ended_at', '-id'], name='tasks_a_team_answered'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('team__isnull', False), ('assignee__isnull', False), _connector='OR'), name='a_task_is_asked_of_somebody'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None), ('is_open', True)), models.Q(('ended_at__isnull', False), ('is_open', False), models.Q(('end', ''), _negated=True)), _connector='OR'), name='task_is_open_or_ended_in_one_way'),
        ),
        migrations.AddConstraint(
            model_name='task',
            constraint=models.CheckConstraint(condition=models.Q(('needed', ''), _negated=True), name='a_task_says_what_is_needed'),
        ),
    ]
