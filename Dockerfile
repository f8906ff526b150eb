# Two stages: the first installs the requirements and collects static files; the second contains no build tools.
FROM python:3.13-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /app
COPY requirements.txt ./
# The environment contains no pip. pip rejects every file whose hash is not in the lock.
RUN python -m venv --without-pip /venv \
    && pip --python /venv/bin/python install --require-hashes --no-deps --only-binary :all: -r requirements.txt
COPY manage.py ./
COPY config config
COPY core core
COPY books books
COPY users users
COPY scraping scraping
COPY web web
ENV STATIC_COLLECTED=true
RUN SECRET_KEY=unused-after-this-line VAR_DIR=/tmp/var /venv/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && /venv/bin/python -m compileall -q /app

FROM python:3.13-slim-trixie
# Part of the ETags: `docker build --build-arg BUILD_VERSION=$(git rev-parse --short HEAD)`.
ARG BUILD_VERSION=
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_COLLECTED=true VAR_DIR=/app/var LOG_FORMAT=json BUILD_VERSION=$BUILD_VERSION
RUN groupadd --gid 10001 colophon && useradd --uid 10001 --gid colophon --no-create-home colophon \
    && install -d -m 700 -o colophon -g colophon /app/var /app/files
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
USER 10001:10001
EXPOSE 8000
CMD ["python", "-m", "config.server", "--host", "0.0.0.0", "--port", "8000"]
