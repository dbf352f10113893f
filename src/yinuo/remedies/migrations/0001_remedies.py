"""Authority, remedies with approvals, the ledger, budgets. Locks: none, the tables are new."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('cases', '0011_index_of_subject_pairs'),
        ('customers', '0004_index_of_name_pairs'),
        ('organisation', '0003_organisation'),
        ('standards', '0003_pledge_terms'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuthorityLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('agent', 'Agent'), ('team_leader', 'Team leader'), ('administrator', 'Administrator')], max_length=30)),
                ('level', models.PositiveSmallIntegerField(default=1, help_text='Of the person, at least.')),
                ('tier', models.CharField(blank=True, choices=[('standard', 'Standard'), ('silver', 'Silver'), ('gold', 'Gold'), ('platinum', 'Platinum')], max_length=20)),
                ('kind', models.CharField(choices=[('refund', 'Refund'), ('replacement', 'Replacement'), ('voucher', 'Voucher'), ('free_visit', 'Free visit'), ('deposit_waiver', 'No deposit'), ('apology', 'Apology')], max_length=20)),
                ('currency', models.CharField(blank=True, help_text='Empty for kinds that are counted.', max_length=3)),
                ('post', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='authority_limits', to='organisation.post')),
            ],
            options={
                'ordering': ['kind', 'role', 'level', 'id'],
            },
        ),
        migrations.CreateModel(
            name='AuthorityLimitVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('effective_on', models.DateField(help_text='The first day on which it holds.')),
                ('per_case', models.DecimalField(decimal_places=2, max_digits=12)),
                ('per_day', models.DecimalField(decimal_places=2, max_digits=12)),
                ('per_month', models.DecimalField(decimal_places=2, max_digits=12)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=40)),
                ('limit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='remedies.authoritylimit')),
            ],
            options={
                'ordering': ['limit', 'number'],
            },
        ),
        migrations.CreateModel(
            name='Budget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('from_month', models.DateField(help_text='The first day of the first month.')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14)),
                ('currency', models.CharField(default='CNY', max_length=3)),
                ('over', models.CharField(choices=[('warn', 'Only warn'), ('approve', 'Ask for approval'), ('refuse', 'Refuse')], help_text='What happens to a remedy that would exceed it.', max_length=10)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=40)),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='organisation.department')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='organisation.team')),
            ],
        ),
        migrations.CreateModel(
            name='BudgetWarning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('at', models.DateTimeField()),
                ('budget', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='remedies.budget')),
            ],
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.CharField(max_length=20)),
                ('kind', models.CharField(choices=[('refund', 'Refund'), ('replacement', 'Replacement'), ('voucher', 'Voucher'), ('free_visit', 'Free visit'), ('deposit_waiver', 'No deposit'), ('apology', 'Apology')], max_length=20)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=12)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('reason', models.CharField(choices=[('broken_promise', 'We broke a promise'), ('defect', 'Defective product'), ('damage', 'Damage caused by us'), ('wrong_word', 'Wrong information'), ('trouble', 'Trouble for the customer'), ('goodwill', 'Goodwill')], max_length=20)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('words', models.CharField(blank=True, max_length=2000)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('asked', 'Waiting for approval'), ('sent_back', 'Sent back'), ('granted', 'Granted'), ('delivered', 'Delivered'), ('refused', 'Refused'), ('withdrawn', 'Withdrawn'), ('reversed', 'Reversed')], max_length=10)),
                ('approver_count', models.PositiveSmallIntegerField(default=0, help_text='How many must approve.')),
                ('over_budget', models.BooleanField(default=False, help_text='An approver must be allowed to exceed a budget.')),
                ('why', models.CharField(help_text='Why it was decided at once or not: a code of `rules.Why`.', max_length=20)),
                ('granted_at', models.DateTimeField(null=True)),
                ('granted_on', models.DateField(help_text='The day of the house on which it was granted.', null=True)),
                ('ended_at', models.DateTimeField(help_text='When it was refused, withdrawn or reversed.', null=True)),
                ('end_reason', models.CharField(blank=True, max_length=500)),
                ('ended_by', models.CharField(blank=True, max_length=40)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('delivered_by', models.CharField(blank=True, max_length=40)),
                ('evidence', models.CharField(blank=True, help_text='How one can see that the customer has it.', max_length=500)),
                ('asked_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedies_asked', to='organisation.staff')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='cases.case')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='customers.customer')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='organisation.department')),
                ('pledge_version', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='standards.pledgeversion')),
                ('promise', models.ForeignKey(help_text='Whose breaking proposed it.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='cases.promise')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies', to='organisation.team')),
            ],
        ),
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('way', models.CharField(choices=[('granted', 'Granted'), ('reversed', 'Reversed')], max_length=10)),
                ('amount', models.DecimalField(decimal_places=2, help_text='Below zero when it comes back.', max_digits=12)),
                ('currency', models.CharField(blank=True, max_length=3)),
                ('booked_on', models.DateField(help_text='The day of the house.')),
                ('at', models.DateTimeField()),
                ('by', models.CharField(max_length=40)),
                ('department', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.department')),
                ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.team')),
                ('remedy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='remedies.remedy')),
            ],
        ),
        migrations.CreateModel(
            name='Authorisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('used_on', models.DateField(help_text='The day of the house.')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='remedies_authorised', to='organisation.staff')),
                ('limit_version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='remedies.authoritylimitversion')),
                ('remedy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='remedies.remedy')),
            ],
        ),
        migrations.CreateModel(
            name='Approval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('made_at', models.DateTimeField()),
                ('warn_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('warned_at', models.DateTimeField(null=True)),
                ('is_live', models.BooleanField(default=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('end', models.CharField(blank=True, choices=[('approved', 'Approved'), ('refused', 'Refused'), ('sent_back', 'Sent back'), ('escalated', 'Given to the next approver'), ('withdrawn', 'Withdrawn')], max_length=10)),
                ('reason', models.CharField(blank=True, max_length=500)),
                ('approver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='organisation.staff')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='organisation.staff')),
                ('remedy', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='approvals', to='remedies.remedy')),
            ],
        ),
        migrations.CreateModel(
            name='RemedyPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(unique=True)),
                ('effective_on', models.DateField(help_text='The first day on which it holds.')),
                ('approval_minutes', models.PositiveIntegerField(help_text='Open time within which an approval is decided.')),
                ('two_from', models.DecimalField(decimal_places=2, help_text='From this amount on two people approve.', max_digits=12, null=True)),
                ('two_from_currency', models.CharField(default='CNY', max_length=3)),
                ('created_at', models.DateTimeField()),
                ('created_by', models.CharField(max_length=40)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('approval_minutes__gt', 0), models.Q(('two_from', None), ('two_from__gt', 0), _connector='OR')), name='a_remedy_policy_has_times_and_amounts_above_zero')],
            },
        ),
        migrations.AddConstraint(
            model_name='authoritylimit',
            constraint=models.UniqueConstraint(fields=('role', 'level', 'post', 'tier', 'kind', 'currency'), name='one_limit_for_whom_and_what', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='authoritylimit',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('refund', 'voucher', 'deposit_waiver')), models.Q(('currency', ''), _negated=True)), models.Q(models.Q(('kind__in', ('refund', 'voucher', 'deposit_waiver')), _negated=True), ('currency', '')), _connector='OR'), name='a_limit_of_money_has_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='authoritylimitversion',
            constraint=models.UniqueConstraint(fields=('limit', 'number'), name='one_limit_version_per_number'),
        ),
        migrations.AddConstraint(
            model_name='authoritylimitversion',
            constraint=models.CheckConstraint(condition=models.Q(('per_case__gte', 0), ('per_day__gte', models.F('per_case')), ('per_month__gte', models.F('per_day'))), name='a_month_allows_a_day_and_a_day_a_case'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.UniqueConstraint(fields=('department', 'team', 'currency', 'from_month'), name='one_budget_for_whom_and_month', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('department__isnull', True), ('team__isnull', False)), models.Q(('department__isnull', False), ('team__isnull', True)), _connector='OR'), name='a_budget_is_of_a_department_or_a_team'),
        ),
        migrations.AddConstraint(
            model_name='budget',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='a_budget_is_above_zero'),
        ),
        migrations.AddConstraint(
            model_name='budgetwarning',
            constraint=models.UniqueConstraint(fields=('budget', 'month'), name='a_month_of_a_budget_is_warned_of_once'),
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['case', 'id'], name='remedies_of_a_case'),
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['-asked_at', '-id'], name='remedies_newest_first'),
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['amount', 'id'], name='remedies_by_amount'),
        ),
        migrations.AddIndex(
            model_name='remedy',
            index=models.Index(fields=['granted_on', 'team'], name='remedies_granted_of_team'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.UniqueConstraint(fields=('pledge_version', 'promise'), name='a_broken_promise_proposes_a_pledge_s_remedy_once'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ('refund', 'voucher', 'deposit_waiver')), models.Q(('currency', ''), _negated=True)), models.Q(models.Q(('kind__in', ('refund', 'voucher', 'deposit_waiver')), _negated=True), ('amount', 0), ('currency', '')), _connector='OR'), name='a_remedy_of_money_says_how_much'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('granted_at', None), ('state__in', ['proposed', 'asked', 'sent_back', 'refused', 'withdrawn'])), models.Q(('granted_at__isnull', False), ('state__in', ['granted', 'delivered', 'reversed']), ('granted_on__isnull', False)), _connector='OR'), name='a_given_remedy_says_since_when'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('state__in', ['refused', 'withdrawn', 'reversed'])), models.Q(models.Q(('state__in', ['refused', 'withdrawn', 'reversed']), _negated=True), ('ended_at', None)), _connector='OR'), name='an_ended_remedy_says_when'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'delivered'), _negated=True), models.Q(('delivered_at__isnull', False), models.Q(('evidence', ''), _negated=True)), _connector='OR'), name='a_delivered_remedy_has_evidence'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['team', 'booked_on'], name='ledger_of_a_team'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['department', 'booked_on'], name='ledger_of_a_department'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.UniqueConstraint(fields=('remedy', 'way'), name='a_remedy_is_booked_once_each_way'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 0), ('way', 'granted')), models.Q(('amount__lte', 0), ('way', 'reversed')), _connector='OR'), name='what_is_reversed_comes_back'),
        ),
        migrations.AddIndex(
            model_name='authorisation',
            index=models.Index(fields=['staff', 'used_on'], name='authority_used_by_day'),
        ),
        migrations.AddConstraint(
            model_name='authorisation',
            constraint=models.UniqueConstraint(fields=('remedy', 'staff'), name='somebody_authorises_a_remedy_once'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('is_live', True)), fields=['approver', 'due_at', 'id'], name='approvals_to_decide'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('is_live', True)), fields=['due_at', 'id'], name='approvals_due'),
        ),
        migrations.AddIndex(
            model_name='approval',
            index=models.Index(condition=models.Q(('is_live', True), ('warned_at', None)), fields=['warn_at', 'id'], name='approvals_to_warn_of'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.UniqueConstraint(condition=models.Q(('is_live', True)), fields=('remedy',), name='one_live_approval_of_a_remedy'),
        ),
        migrations.AddConstraint(
            model_name='approval',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None), ('is_live', True)), models.Q(('ended_at__isnull', False), ('is_live', False), models.Q(('end', ''), _negated=True)), _connector='OR'), name='approval_is_live_or_ended_in_one_way'),
        ),
    ]
