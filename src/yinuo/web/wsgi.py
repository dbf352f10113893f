"""Pages and API as a WSGI application, for granian and other servers."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yinuo.web.settings")
application = get_wsgi_application()
