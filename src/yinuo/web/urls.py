"""Every address of the house."""

from django.urls import include, path, re_path

from yinuo.web.api import api, nothing_here

from . import gallery_page, help_page, operator_pages, push_worker

urlpatterns = [
    path("api/v1/", api.urls),
    re_path(r"^api/", nothing_here),
    path("healthz", operator_pages.healthz, name="healthz"),
    path("push-worker.js", push_worker.push_worker, name="push_worker"),
    path("metrics", operator_pages.metrics, name="metrics"),
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("help", help_page.help_page, name="help"),
    path("gallery", gallery_page.gallery, name="gallery"),
    path("setup", include("yinuo.web.setup.urls")),
    path("settings/", include("yinuo.web.settings_pages.urls")),
    path("", include("yinuo.notifications.urls")),
    path("", include("yinuo.remedies.urls")),
    path("", include("yinuo.desk.urls")),
    path("", include("yinuo.cases.urls")),
    path("", include("yinuo.intake.portal.urls")),
]
