"""What follows a broken promise, and the words of the apology. Locks: none, the tables are new."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_index_of_subject_pairs'),
        ('remedies', '0001_remedies'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApologyWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('text_zh', models.TextField(max_length=1000)),
                ('text_en', models.TextField(max_length=1000)),
                ('is_sent', models.BooleanField(default=True, help_text='Whether apologies go out at all.')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=40)),
            ],
        ),
        migrations.CreateModel(
            name='Aftermath',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('apologised_on', models.DateField(null=True)),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='aftermaths', to='cases.case')),
                ('promise', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='aftermath', to='cases.promise')),
                ('recovery_case', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recovers', to='cases.case')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('case', 'apologised_on'), name='one_apology_for_a_case_and_day')],
            },
        ),
    ]
