"""People keep the filters, columns and order of a list under a name, for themselves or for a team.

Locks: adds one empty table; the tables it refers to are locked for a moment while the foreign keys are made.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisation', '0001_people'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(help_text='Which list: "queue", "cases", "customers".', max_length=40)),
                ('name', models.CharField(max_length=60)),
                ('query', models.CharField(blank=True, help_text="What stands behind the ? of the list's address.", max_length=2000)),
                ('position', models.PositiveIntegerField(default=0, help_text='Among the views its owner has of this list.')),
                ('saved_at', models.DateTimeField()),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='organisation.staff')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='saved_views', to='organisation.team')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'place', 'name'), name='one_view_of_a_name_per_owner_and_list'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('place', ''), _negated=True)), name='a_saved_view_has_a_name_and_a_list')],
            },
        ),
    ]
