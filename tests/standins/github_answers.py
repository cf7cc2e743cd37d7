"""What GitHub answers to the requests that gh makes, as far as filing issues needs it.

Shapes: https://docs.github.com/en/rest/issues and gh 2.23.0's own queries; the two label queries
are the one of 2.23 (one alias per label) and the one of newer releases (a list).
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.standins.github_state import Issue, Repo, State

LABEL_ALIAS = re.compile(r'(\w+):\s*label\(name:\s*("(?:[^"\\]|\\.)*")\)')
_INLINE_REPO = re.compile(r'repository\(owner:\s*"([^"]*)",\s*name:\s*"([^"]*)"\)')


@dataclass
class Answer:
    payload: Any
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """One request; `operation` is what faults and the log call it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    operation: str


def parse(method: str, target: str, raw: bytes) -> Request:
    """A request from its line and body."""
    parts = urlsplit(target)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        body = None
    return Request(method, parts.path, query, body, _operation(method, parts.path, body))


def _operation(method: str, path: str, body: Any) -> str:
    if path == "/graphql":
        query = body.get("query", "") if isinstance(body, dict) else ""
        if "createIssue" in query:
            return "create"
        if "label(" in query or "labels(" in query:
            return "label_lookup"
        return "lookup" if "repository(" in query else "viewer"
    if path.endswith("/issues") and method == "GET":
        return "listing"
    if path.endswith("/labels"):
        return "labels" if method == "GET" else "create_label"
    return "repository" if path.startswith("/repos/") else "other"


def answer(state: State, request: Request, visible_from: float = 0.0) -> Answer:
    """The answer when nothing goes wrong. `visible_from` is for an issue created by it."""
    if request.path == "/graphql":
        return _graphql(state, request, visible_from)
    return _rest(state, request)


def graphql_error(message: str, path: str, kind: str = "UNPROCESSABLE") -> Answer:
    return Answer(
        {"data": {path: None}, "errors": [{"type": kind, "path": [path], "message": message}]}
    )


def _graphql(state: State, request: Request, visible_from: float) -> Answer:
    query, variables = request.body["query"], request.body.get("variables") or {}
    if request.operation == "viewer":
        if "__type" in query:  # feature detection: nothing special here
            names = re.findall(r"(\w+):\s*__type", query)
            return Answer({"data": {name: {"fields": []} for name in names}})
        return Answer({"data": {"viewer": {"login": "standin-operator"}}})
    if request.operation == "create":
        return _create(state, variables.get("input") or {}, visible_from)
    inline = _INLINE_REPO.search(query)
    owner = inline[1] if inline else variables.get("owner", "")
    name = inline[2] if inline else variables.get("name", variables.get("repo", ""))
    repo = state.find(f"{owner}/{name}")
    if repo is None:
        return missing_repository(f"{owner}/{name}")
    if request.operation == "label_lookup":
        return _label_lookup(repo, query)
    owner, name = repo.full_name.split("/")
    data = {
        "id": repo.node_id,
        "name": name,
        "owner": {"id": "U_standin", "login": owner},
        "nameWithOwner": repo.full_name,
        "description": "",
        "url": f"https://github.com/{repo.full_name}",
        "hasIssuesEnabled": repo.has_issues,
        "isPrivate": repo.visibility != "public",
        "isArchived": repo.archived,
        "viewerPermission": "WRITE",
        "defaultBranchRef": {"name": "main"},
    }
    return Answer({"data": {"repository": data}})


def missing_repository(full_name: str) -> Answer:
    message = f"Could not resolve to a Repository with the name '{full_name}'."
    return graphql_error(message, "repository", "NOT_FOUND")


def _label_lookup(repo: Repo, query: str) -> Answer:
    known = {label.casefold(): (_label_id(i), label) for i, label in enumerate(repo.labels)}
    aliases = LABEL_ALIAS.findall(query)
    if not aliases:
        nodes = [{"id": identifier, "name": name} for identifier, name in known.values()]
        page = {"hasNextPage": False, "endCursor": ""}
        labels = {"nodes": nodes, "totalCount": len(nodes), "pageInfo": page}
        return Answer({"data": {"repository": {"labels": labels}}})
    found = {}
    for alias, quoted in aliases:
        hit = known.get(json.loads(quoted).casefold())
        found[alias] = hit and {"id": hit[0], "name": hit[1]}
    return Answer({"data": {"repository": found}})


def _label_id(index: int) -> str:
    return f"LA_standin{index}"


def _create(state: State, given: dict[str, Any], visible_from: float) -> Answer:
    repo = next((repo for repo in state.repos if repo.node_id == given.get("repositoryId")), None)
    if repo is None:
        return graphql_error("Could not resolve to a node with the global id", "createIssue")
    title, body = given.get("title", ""), given.get("body", "")
    trouble = None
    if repo.archived:
        trouble = "Repository was archived so is read-only"
    elif not repo.has_issues:
        trouble = "Issues are disabled for this repo"
    elif not title.strip():
        trouble = "Title can't be blank"
    elif len(title) > 256:
        trouble = "Title is too long (maximum is 256 characters)"
    elif len(body) > 65_536:
        trouble = "Body is too long (maximum is 65536 characters)"
    if trouble:
        return graphql_error(trouble, "createIssue")
    by_id = {_label_id(i): label for i, label in enumerate(repo.labels)}
    labels = [by_id[identifier] for identifier in given.get("labelIds") or []]
    issue = state.add_issue(repo, title, body, labels, visible_from=visible_from)
    shown = {"id": f"I_standin{issue.number}", "url": issue.html_url}
    return Answer({"data": {"createIssue": {"issue": shown}}})


def _rest(state: State, request: Request) -> Answer:
    if request.path == "/":
        return Answer({"current_user_url": "https://api.github.com/user"})
    if request.path in {"/user", "/rate_limit"}:
        return Answer({"login": "standin-operator"} if request.path == "/user" else {"rate": {}})
    match request.path.strip("/").split("/"):
        case ["repos", owner, name, *rest]:
            repo = state.find(f"{owner}/{name}")
            if repo is not None and f"{owner}/{name}".casefold() != repo.full_name.casefold():
                tail = "".join(f"/{part}" for part in rest)
                url = f"https://api.github.com/repositories/{repo.id}{tail}"
                return Answer({"message": "Moved Permanently", "url": url}, 301, {"Location": url})
        case ["repositories", number, *rest]:
            repo = next((repo for repo in state.repos if str(repo.id) == number), None)
        case _:
            repo, rest = None, []
    if repo is None:
        return not_found()
    match (request.method, rest):
        case ("GET", []):
            return Answer(_repository(repo))
        case ("GET", ["issues"]):
            return _page([_listed(issue) for issue in state.listed(repo)], request)
        case ("GET", ["issues", number]):
            hits = [_listed(i) for i in state.listed(repo) if str(i.number) == number]
            return Answer(hits[0]) if hits else not_found()
        case ("GET", ["labels"]):
            return _page([{"name": label} for label in repo.labels], request)
        case ("GET", ["labels", label]):
            known = unquote(label).casefold() in {name.casefold() for name in repo.labels}
            return Answer({"name": unquote(label)}) if known else not_found()
        case ("POST", ["labels"]):
            label = request.body["name"]
            if state.add_label(repo, label):
                return Answer({"name": label}, 201)
            error = {"resource": "Label", "code": "already_exists", "field": "name"}
            return Answer({"message": "Validation Failed", "errors": [error]}, 422)
    return not_found()


def not_found() -> Answer:
    return Answer({"message": "Not Found", "documentation_url": "https://docs.github.com"}, 404)


def _repository(repo: Repo) -> dict[str, Any]:
    return {
        "id": repo.id,
        "node_id": repo.node_id,
        "name": repo.full_name.split("/")[1],
        "full_name": repo.full_name,
        "private": repo.visibility != "public",
        "visibility": repo.visibility,
        "archived": repo.archived,
        "has_issues": repo.has_issues,
        "permissions": {"admin": False, "push": True, "pull": True},
    }


def _listed(issue: Issue) -> dict[str, Any]:
    shown = {
        "node_id": f"I_standin{issue.number}",
        "number": issue.number,
        "html_url": issue.html_url,
        "title": issue.title,
        "body": issue.body,
        "state": "open",
        "labels": [{"name": label} for label in issue.labels],
        "created_at": issue.created_at,
        "updated_at": issue.created_at,
    }
    return shown | ({"pull_request": {"url": issue.html_url}} if issue.pull_request else {})


def _page(rows: list[dict[str, Any]], request: Request) -> Answer:
    """One page of a listing, at most 100 rows, as GitHub serves it."""
    size = min(int(request.query.get("per_page", "30")), 100)
    page = int(request.query.get("page", "1"))
    return Answer(rows[(page - 1) * size : page * size])
