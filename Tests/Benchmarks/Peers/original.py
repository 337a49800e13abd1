"""The Django and Celery handler that this project replaces, rebuilt from what is described of it, its settings tuned.

gunicorn original:application and celery -A original worker, with DJANGO_SETTINGS_MODULE=original, PG* naming the
database, CELERY_BROKER_URL the broker and GITHUB_WEBHOOK_SECRET_FILE the file of the secret.
"""

import functools, hashlib, hmac, html, json, os, time, uuid

import django, mistune
from celery import Celery
from django.contrib.postgres.fields import ArrayField
from django.core.wsgi import get_wsgi_application
from django.db import connection, models, transaction
from django.http import JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.html import strip_tags

address = {"HOST": "PGHOST", "PORT": "PGPORT", "USER": "PGUSER", "NAME": "PGDATABASE"}
DATABASES = {"default": {name: os.environ[variable] for name, variable in address.items()}}
DATABASES["default"] |= {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None}
ALLOWED_HOSTS, MIDDLEWARE, ROOT_URLCONF, USE_TZ = ["127.0.0.1"], [], "original", True
SECRET_KEY = "nothing is signed with it"
with open(os.environ["GITHUB_WEBHOOK_SECRET_FILE"], "rb") as file:
    secret = file.read().strip()
django.setup()
app = Celery("original", broker=os.environ["CELERY_BROKER_URL"])
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=16, broker_connection_retry_on_startup=True)

FIELDS = {
    "uuid": models.UUIDField,
    "text": models.TextField,
    "character varying": models.TextField,
    "jsonb": models.JSONField,
    "boolean": models.BooleanField,
    "timestamp with time zone": models.DateTimeField,
    "date": models.DateField,
    "smallint": models.IntegerField,
    "integer": models.IntegerField,
    "bigint": models.BigIntegerField,
    "double precision": models.FloatField,
    "bytea": models.BinaryField,
    "ARRAY": functools.partial(ArrayField, models.TextField()),
}


def table(name):
    """The model of a table of the database, with all of its columns; references are plain keys."""
    with connection.cursor() as cursor:
        columns = "select column_name, data_type from information_schema.columns where (table_schema, table_name) = "
        cursor.execute(columns + "('public', %s)", [name])
        fields = {column: FIELDS[kind](null=True) for column, kind in cursor.fetchall()}
    fields["id"] = models.UUIDField(primary_key=True, default=uuid.uuid4)
    fields["created_at"] = models.DateTimeField(default=timezone.now)
    fields["updated_at"] = models.DateTimeField(auto_now=True)
    fields["Meta"] = type("Meta", (), {"app_label": "original", "db_table": name, "managed": False})
    return type(name, (models.Model,), fields | {"__module__": __name__})


Event, Repository = table("github_webhook_events"), table("github_repositories")
RepositorySync, State, Label = table("github_repository_syncs"), table("states"), table("labels")
Issue, IssueSequence, IssueLabel = table("issues"), table("issue_sequences"), table("issue_labels")
IssueComment, IssueSync, CommentSync = (
    table("issue_comments"),
    table("github_issue_syncs"),
    table("github_comment_syncs"),
)
connection.close()  # the processes that are forked from this one open their own


@functools.cache
def find_sync(github_id):
    return RepositorySync.objects.get(repository_id=Repository.objects.get(repository_id=github_id).id)


def receive(request):
    """The view: checks the signature, stores the row, hands its id to the broker."""
    signature = "sha256=" + hmac.digest(secret, request.body, "sha256").hex()
    if not hmac.compare_digest(signature, request.headers.get("X-Hub-Signature-256", "")):
        return JsonResponse({"error": "Invalid signature"}, status=401)
    payload = json.loads(request.body)
    try:
        sync = find_sync(payload["repository"]["id"])
    except Repository.DoesNotExist:
        return JsonResponse({"error": "Repository not configured"}, status=404)
    row = {"event_type": request.headers["X-GitHub-Event"], "payload": payload, "repository_sync_id": sync.id}
    row |= {"status": "pending", "retry_count": 0}
    event, is_new = Event.objects.get_or_create(delivery_id=request.headers["X-GitHub-Delivery"], defaults=row)
    if is_new:
        process_webhook_event.delay(str(event.id))
    return JsonResponse({"message": "Event queued for processing", "event_id": str(event.id)}, status=202)


retries = {"max_retries": 3, "retry_backoff": True, "retry_backoff_max": 600, "retry_jitter": True}


@app.task(name="github_mcp.process_webhook_event", autoretry_for=(Exception,), bind=True, **retries)
def process_webhook_event(self, event_id):
    event = Event.objects.get(id=event_id)
    if event.status != "pending":
        return
    event.status, event.claimed_at = "processing", timezone.now()
    event.save(update_fields=["status", "claimed_at", "updated_at"])
    try:
        with transaction.atomic():
            synced = {"issues": sync_issue, "issue_comment": sync_comment}[event.event_type](event.payload)
            event.status, event.processed_at, event.result = "completed", timezone.now(), {"id": str(synced)}
            event.save(update_fields=["status", "processed_at", "result", "updated_at"])
    except Exception as error:
        event.status = "pending" if self.request.retries < self.max_retries else "failed"
        event.error_message, event.retry_count = str(error), self.request.retries
        event.save(update_fields=["status", "error_message", "retry_count", "updated_at"])
        raise


def sync_issue(payload):
    sync, data = find_sync(payload["repository"]["id"]), payload["issue"]
    owner = {"project_id": sync.project_id, "workspace_id": sync.workspace_id}
    known = {"repository_sync_id": sync.id, "repo_issue_id": data["number"]}
    link = IssueSync.objects.filter(**known).first()
    issue = Issue.objects.get(id=link.issue_id) if link else Issue(**owner, created_by_id=sync.actor_id)
    group = "completed" if data["state"] == "closed" else "started"
    state = State.objects.filter(project_id=sync.project_id, group=group).order_by("sequence").first()
    issue.name, issue.state_id, issue.completed_at = data["title"][:255], state.id, data["closed_at"]
    issue.description_html, issue.description_stripped = render(data["body"])
    if link:
        issue.save()
    else:
        number_and_insert(issue, owner, data)
        address = {"github_issue_id": data["id"], "issue_url": data["html_url"]}
        IssueSync.objects.create(**owner, **known, **address, issue_id=issue.id)
    sync_labels(issue, owner, {label["name"]: label for label in data["labels"]})
    return issue.id


def number_and_insert(issue, owner, data):
    """The project's next number, under the lock that Plane takes for it."""
    key = hashlib.sha256(str(issue.project_id).encode()).digest()[:8]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [int.from_bytes(key, "big", signed=True)])
    last = IssueSequence.objects.filter(project_id=issue.project_id).aggregate(last=models.Max("sequence"))["last"]
    beside = Issue.objects.filter(project_id=issue.project_id, state_id=issue.state_id)
    issue.sort_order = (beside.aggregate(last=models.Max("sort_order"))["last"] or 55535) + 10000
    issue.sequence_id, issue.priority, issue.is_draft, issue.description_json = (last or 0) + 1, "none", False, {}
    issue.external_source, issue.external_id, issue.created_at = "github", str(data["id"]), data["created_at"]
    issue.save(force_insert=True)
    IssueSequence.objects.create(**owner, issue_id=issue.id, sequence=issue.sequence_id, deleted=False)


def sync_labels(issue, owner, wanted):
    """Makes labels that are missing, attaches those of GitHub, and detaches others."""
    labels = list(Label.objects.filter(project_id=issue.project_id, name__in=wanted, deleted_at=None))
    for name in wanted.keys() - {label.name for label in labels}:
        look = {"name": name, "description": "", "color": "#" + wanted[name]["color"], "sort_order": 65535}
        labels.append(Label.objects.create(**owner, **look))
    attached = {row.label_id: row for row in IssueLabel.objects.filter(issue_id=issue.id, deleted_at=None)}
    for label in labels:
        if not attached.pop(label.id, None):
            IssueLabel.objects.create(**owner, issue_id=issue.id, label_id=label.id)
    for row in attached.values():
        row.deleted_at = timezone.now()
        row.save(update_fields=["deleted_at", "updated_at"])


def sync_comment(payload):
    sync, data = find_sync(payload["repository"]["id"]), payload["comment"]
    owner = {"project_id": sync.project_id, "workspace_id": sync.workspace_id}
    issue = IssueSync.objects.filter(repository_sync_id=sync.id, repo_issue_id=payload["issue"]["number"]).first()
    if issue is None:
        raise LookupError("the issue of this comment is not known")
    link = CommentSync.objects.filter(issue_sync_id=issue.id, repo_comment_id=data["id"]).first()
    comment = IssueComment.objects.get(id=link.comment_id) if link else None
    if comment is None:
        comment = IssueComment(**owner, issue_id=issue.issue_id, actor_id=sync.actor_id, created_by_id=sync.actor_id)
        comment.created_at, comment.external_source, comment.external_id = data["created_at"], "github", str(data["id"])
        comment.access, comment.comment_json, comment.attachments = "INTERNAL", {}, []
    elif payload["action"] == "deleted":
        comment.deleted_at = timezone.now()
    else:
        comment.edited_at = timezone.now()
    comment.comment_html, comment.comment_stripped = render(data["body"])
    comment.save(force_insert=link is None)
    if link is None:
        CommentSync.objects.create(**owner, comment_id=comment.id, issue_sync_id=issue.id, repo_comment_id=data["id"])
    return comment.id


def render(markdown):
    page = mistune.html(markdown or "") or "<p></p>"
    return page, html.unescape(strip_tags(page))


def enqueue(pace=None):
    """Hands all events to the broker, as the view does: at once, or so many a second."""
    for event_id in Event.objects.order_by("created_at").values_list("id", flat=True):
        process_webhook_event.delay(str(event_id))
        time.sleep(1 / pace if pace else 0)


urlpatterns = [path("api/webhooks/github-mcp/", receive)]
application = get_wsgi_application()
