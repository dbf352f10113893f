"""How a shared component declares its attributes, so that a mistake is found when the template is loaded.

    @component(register, "web/components/pill.html", label=Required(), tone=Choice("plain", "kept", default="plain"))
    def pill(*, label, tone):
        return {"label": label, "tone": tone}

    {% pill label=case.category tone="kept" %}

An unknown attribute, a missing one or a literal outside its choices is a TemplateSyntaxError while the template is
parsed; a variable outside its choices is a TemplateSyntaxError when it is rendered. `body=True` declares a component
with content: `{% card title=… %}…{% endcard %}`. With `extra=True` attributes named `hx_*`, `data_*` and `aria_*` are
handed to the element as they are. The first declared attribute may be given without its name: `{% icon "clock" %}`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

EXTRA_PREFIXES = ("hx_", "data_", "aria_")
_MISSING = object()


@dataclass(frozen=True)
class Attribute:
    """One declared attribute: whether it must be given, what it is otherwise, and the values it may have."""

    default: Any = _MISSING
    choices: frozenset[Any] = field(default_factory=frozenset)

    @property
    def required(self) -> bool:
        return self.default is _MISSING

    def check(self, *, tag: str, name: str, value: Any) -> None:
        """Raise TemplateSyntaxError when `value` is not one of the choices."""
        if self.choices and value not in self.choices:
            allowed = ", ".join(sorted(map(repr, self.choices)))
            raise template.TemplateSyntaxError(f"{{% {tag} %}}: {name} is {value!r}, but may be {allowed}.")


def Required() -> Attribute:  # noqa: N802
    """Return an attribute that every use must give."""
    return Attribute()


def Optional(default: Any = None) -> Attribute:  # noqa: N802
    """Return an attribute that is `default` where a use does not give it."""
    return Attribute(default=default)


def Choice(*choices: Any, default: Any = _MISSING) -> Attribute:  # noqa: N802
    """Return an attribute with a closed list of values; required unless `default` is given."""
    return Attribute(default=default, choices=frozenset(choices))


@dataclass(frozen=True)
class Component:
    """What a tag needs to know: its template, its declared attributes and the function that prepares the values."""

    name: str
    template_name: str
    attributes: Mapping[str, Attribute]
    prepare: Callable[..., dict[str, Any]]
    body: bool
    extra: bool

    def parse(self, parser: Parser, token: Token) -> "ComponentNode":
        """Return the node for one use; raises TemplateSyntaxError for every mistake visible in the template."""
        given = self._given(parser, token)
        for name, expression in given.items():
            if self._is_extra(name):
                continue
            if name not in self.attributes:
                known = ", ".join(self.attributes) or "none"
                raise template.TemplateSyntaxError(f"{{% {self.name} %}} has no attribute {name!r}; it has: {known}.")
            if _is_literal(expression):
                self.attributes[name].check(tag=self.name, name=name, value=expression.resolve(template.Context()))
        missing = [name for name, attribute in self.attributes.items() if attribute.required and name not in given]
        if missing:
            raise template.TemplateSyntaxError(f"{{% {self.name} %}} needs {', '.join(missing)}.")
        return ComponentNode(component=self, given=given, content=self._content(parser))

    def _given(self, parser: Parser, token: Token) -> dict[str, FilterExpression]:
        bits = token.split_contents()[1:]
        given: dict[str, FilterExpression] = {}
        if bits and not token_kwargs(bits[:1], parser):
            given[next(iter(self.attributes), "?")] = parser.compile_filter(bits.pop(0))
        while bits:
            pair = token_kwargs(bits[:1], parser)
            if not pair:
                raise template.TemplateSyntaxError(f"{{% {self.name} %}}: write {bits[0]!r} as name=value.")
            twice = set(pair) & set(given)
            if twice:
                raise template.TemplateSyntaxError(f"{{% {self.name} %}}: {twice.pop()!r} is given twice.")
            given.update(pair)
            bits.pop(0)
        return given

    def _content(self, parser: Parser) -> NodeList | None:
        if not self.body:
            return None
        content = parser.parse((f"end{self.name}",))
        parser.delete_first_token()
        return content

    def _is_extra(self, name: str) -> bool:
        return self.extra and name.startswith(EXTRA_PREFIXES)

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the component's template sees; `given` holds plain values by attribute name."""
        declared = {name: attribute.default for name, attribute in self.attributes.items() if not attribute.required}
        declared |= {name: value for name, value in given.items() if not self._is_extra(name)}
        for name, value in declared.items():
            if name in given:
                self.attributes[name].check(tag=self.name, name=name, value=value)
        prepared = self.prepare(**declared)
        if self.extra:
            prepared["extra"] = _html_attributes({n: v for n, v in given.items() if self._is_extra(n)})
        return prepared


class ComponentNode(template.Node):
    """One use of a component in a template."""

    child_nodelists = ("content",)

    def __init__(self, *, component: Component, given: dict[str, FilterExpression], content: NodeList | None) -> None:
        self.component = component
        self.given = given
        self.content = content if content is not None else NodeList()

    def render(self, context: template.Context) -> SafeString:
        """Return the component's HTML; only its own values, the language and the request's token are visible to it."""
        given = {name: expression.resolve(context) for name, expression in self.given.items()}
        values = self.component.values(given)
        if self.component.body:
            values["body"] = self.content.render(context)
        inside = context.new(values)
        if "csrf_token" in context:
            inside["csrf_token"] = context["csrf_token"]
        return context.template.engine.get_template(self.component.template_name).render(inside)


def component(
    register: template.Library, template_name: str, *, body: bool = False, extra: bool = False, **attributes: Attribute
) -> Callable[[Callable[..., dict[str, Any]]], Component]:
    """Return a decorator that makes the function a template tag of the same name; see the module's docstring."""

    def declare(prepare: Callable[..., dict[str, Any]]) -> Component:
        made = Component(
            name=prepare.__name__,
            template_name=template_name,
            attributes=attributes,
            prepare=prepare,
            body=body,
            extra=extra,
        )
        register.tag(made.name, made.parse)
        return made

    return declare


def _is_literal(expression: FilterExpression) -> bool:
    return not expression.filters and not hasattr(expression.var, "resolve")


def _html_attributes(given: Mapping[str, Any]) -> SafeString:
    present = {name.replace("_", "-"): value for name, value in given.items() if value not in (None, False, "")}
    return format_html_join("", ' {}="{}"', present.items())
