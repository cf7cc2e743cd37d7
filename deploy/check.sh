#!/bin/sh
# What must agree with the code: migrations, the OpenAPI file, and production's settings.
#   deploy/check.sh PYTHON
set -eu

python=$1
PRISM_VAR_DIR=$(mktemp -d)
export PRISM_VAR_DIR
trap 'rm -rf "$PRISM_VAR_DIR"' EXIT
unset DATABASE_URL CELERY_BROKER_URL PRISM_MODE GITHUB_TRANSPORT GH_TOKEN DEBUG || true

echo "check  | migrations"
"$python" manage.py makemigrations --check --dry-run

echo "check  | docs/openapi.yaml"
"$python" manage.py spectacular --file "$PRISM_VAR_DIR/openapi.yaml"
diff -u docs/openapi.yaml "$PRISM_VAR_DIR/openapi.yaml" || {
    echo "docs/openapi.yaml is not what the code says: manage.py spectacular --file docs/openapi.yaml"
    exit 1
}

echo "check  | production settings"
PRISM_MODE=production \
    SECRET_KEY=$("$python" -c 'import secrets; print(secrets.token_urlsafe(64))') \
    ALLOWED_HOSTS=care.example.com \
    DATABASE_URL=postgres://prism@db.example.com/prism \
    CELERY_BROKER_URL=redis://broker.example.com:6379/0 \
    GITHUB_TRANSPORT=folder \
    "$python" manage.py check --deploy --fail-level WARNING
