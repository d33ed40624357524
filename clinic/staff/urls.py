"""Addresses around sign-in: the clinic's own, and those of allauth that it has a page for.

allauth's account pages are named one by one. The page on which people change their own address is
not among them, nor what confirms an address: an admin changes it, since it is what they sign in by.
"""

from allauth.account import views as allauth
from django.urls import path, re_path

from clinic.staff import views

_SIGN_IN = [
    path("login/", allauth.login, name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", allauth.signup, name="account_signup"),  # says who makes the accounts
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
]
_PASSWORD = [
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/set/", allauth.password_set, name="account_set_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
urlpatterns = [
    path("alive/", views.alive, name="alive"),
    path("site/", views.switch_site, name="switch_site"),
    *_SIGN_IN,
    *_PASSWORD,
]
