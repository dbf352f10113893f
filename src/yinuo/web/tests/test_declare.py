"""A wrong use of a component is found when the template is loaded."""

import pytest
from django.template import Context, Engine, Template, TemplateSyntaxError


def load(source: str) -> Template:
    return Template("{% load yinuo %}" + source)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ('{% pill label="VIP" colour="red" %}', "{% pill %} has no attribute 'colour'; it has: label, tone, icon."),
        ("{% pill %}", "{% pill %} needs label."),
        ('{% icon "ticket" %}', "{% icon %}: name is 'ticket', but may be "),
        ('{% pill label="VIP" tone="red" %}', "{% pill %}: tone is 'red', but may be 'broken', 'gold', 'info', "),
        ('{% pill "VIP" label="VIP" %}', "{% pill %}: 'label' is given twice."),
        ('{% pill "VIP" "gold" %}', "{% pill %}: write '\"gold\"' as name=value."),
        ('{% pill label="VIP" hx_get="/" %}', "{% pill %} has no attribute 'hx_get'; it has: label, tone, icon."),
        ("{% card %}", "Unclosed tag on line 1: 'card'. Looking for one of: endcard."),
    ],
)
def test_wrong_use_is_refused_at_load(source: str, sentence: str) -> None:
    with pytest.raises(TemplateSyntaxError) as refused:
        load(source)

    assert str(refused.value).startswith(sentence)


def test_variable_outside_the_choices_is_refused_when_rendered() -> None:
    template = load("{% pill label='VIP' tone=tone %}")

    with pytest.raises(TemplateSyntaxError, match="tone is 'red'"):
        template.render(Context({"tone": "red"}))


def test_first_attribute_may_go_without_its_name() -> None:
    assert load('{% key "r" %}').render(Context()).strip() == '<kbd class="yn-key">r</kbd>'


def test_values_are_escaped() -> None:
    shown = load("{% pill label=label %}").render(Context({"label": "<b>"}))

    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown


def test_component_does_not_see_the_variables_around_it() -> None:
    shown = load('{% card title="Promise" %}{{ label }}{% endcard %}{% pill label="VIP" %}').render(
        Context({"label": "outside", "icon": "no such icon", "tone": "no such tone"})
    )

    assert "outside" in shown
    assert 'data-tone="plain"' in shown


def test_htmx_data_and_aria_attributes_pass_through_escaped() -> None:
    shown = load('{% button label="Close" hx_post=url data_draft=nothing aria_controls="side" %}').render(
        Context({"url": '/a?b&c"', "nothing": None})
    )

    assert ' hx-post="/a?b&amp;c&quot;" aria-controls="side"' in shown
    assert "data-draft" not in shown


def test_library_is_found_by_the_engine() -> None:
    assert "yinuo" in Engine.get_default().libraries
