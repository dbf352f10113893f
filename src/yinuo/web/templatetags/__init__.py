"""Template tags of the web folder; `{% load yinuo %}` gives every shared component and filter."""
