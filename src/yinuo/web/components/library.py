"""The one template library all shared components register with; templates say `{% load yinuo %}`."""

from django import template

register = template.Library()
