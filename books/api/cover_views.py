"""The uploaded cover of a book: `/api/books/{id}/cover`."""

import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from books.api.serializers import BookDetailSerializer
from books.covers.image_process import ImageRefused
from books.covers.uploads import (
    MAX_BYTES,
    TOO_LARGE,
    NotStored,
    NotUploaded,
    read_images,
    remove_uploaded_cover,
    upload_cover,
)
from books.models import Book
from core.api.permissions import StaffChangesPermission
from core.api.query_parameters import DeclaredParametersMixin
from core.api.serializers import StrictSerializer
from core.exceptions import ExternalServiceUnavailable, PayloadTooLarge
from core.web.body_limits import AcceptsLargeBodies

logger = logging.getLogger(__name__)


@extend_schema_serializer(component_name="CoverUpload")
class CoverUploadSerializer(StrictSerializer):
    """An image of at most 5 MB."""

    example = {"file": "the bytes of a JPEG file"}
    file = serializers.FileField(help_text="JPEG, PNG, WebP or GIF.", allow_empty_file=True)

    def validate_file(self, file: Any) -> list[bytes]:
        """The image in all widths."""
        if file.size > MAX_BYTES:
            raise PayloadTooLarge(TOO_LARGE)
        try:
            return read_images(file.read())
        except ImageRefused as error:
            raise ValidationError(f"The image {error}.", code="invalid_image") from error


class CoverViewSet(AcceptsLargeBodies, DeclaredParametersMixin, viewsets.GenericViewSet[Book]):
    """A cover that staff upload. It replaces the cover of the book's source."""

    queryset = Book.objects.all()
    serializer_class = CoverUploadSerializer
    permission_classes = [StaffChangesPermission]
    parser_classes = [MultiPartParser]
    large_bodies = {"update": MAX_BYTES + settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    further_errors = {"update": {413}}  # for the schema

    def handle_exception(self, exc: Exception) -> Response:
        return super().handle_exception(PayloadTooLarge(TOO_LARGE) if isinstance(exc, RequestDataTooBig) else exc)

    @extend_schema(
        summary="Upload a book's cover",
        request={"multipart/form-data": CoverUploadSerializer},
        responses=BookDetailSerializer,
    )
    def update(self, request: Request, book_id: str) -> Response:
        book = self._find_book(book_id)
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            upload_cover(book=book, images=serializer.validated_data["file"], by=request.user)
        except NotStored as error:
            logger.exception("The uploaded cover of book %d could not be stored.", book.pk)
            raise ExternalServiceUnavailable("The cover could not be stored. Try again later.") from error
        context = self.get_serializer_context()
        return Response(BookDetailSerializer(Book.objects.listed().get(pk=book.pk), context=context).data)

    @extend_schema(
        summary="Remove a book's uploaded cover",
        description="The book has the cover that its source states afterwards.",
        responses={204: None},
    )
    def destroy(self, request: Request, book_id: str) -> Response:
        try:
            remove_uploaded_cover(book=self._find_book(book_id), by=request.user)
        except NotUploaded:
            raise NotFound("The book has no uploaded cover.") from None
        return Response(status=204)

    def _find_book(self, pk: str) -> Book:
        return get_object_or_404(Book.objects.visible_to(self.request.user), pk=pk)
