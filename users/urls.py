"""Routes of the users service and of sign-in."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from users import views

router = SimpleRouter(trailing_slash=False)
router.register("users", views.UserViewSet)

# The earlier service's clients ask at the root.
earlier = SimpleRouter(trailing_slash=False)
earlier.register("users", views.UserViewSet, basename="earlier-user")

sign_in = [
    path("login", views.LoginView.as_view(), name="login"),
    path("logout", views.LogoutView.as_view(), name="logout"),
    path("logout-all", views.LogoutAllView.as_view(), name="logout-all"),
]
