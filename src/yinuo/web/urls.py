"""Every address of the house."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("settings/", include("yinuo.web.settings_pages.urls")),
    path("", include("yinuo.cases.urls")),
]
