"""Answers to information questions: the error catalogue first, then a small table, then honesty."""

from collections.abc import Mapping
from dataclasses import dataclass

from incidents.desk.wording import Lexicon, Sentence

MAX_CODES_EXPLAINED = 5


@dataclass(frozen=True)
class Topic:
    """One answer and the words that ask for it; every group must be hit at least once."""

    name: str
    groups: tuple[tuple[str, ...], ...]
    answer: str


TOPICS: tuple[Topic, ...] = (
    Topic(
        "status",
        (("status", "news", "update", "updates", "progress", "became of", "happening",
          "happened"),
         ("report", "reports", "incident", "incidents", "case", "issue", "my", "inc", "it",
          "this")),
        "Ask GET /api/v1/incidents/{incident_id}/status with your agent key. It says where the "
        "case is, with whom, since when, when to expect the next word, and the issue number once "
        "one is filed. The incident id stands in the desk's reply to your report; news also comes "
        "to your inbox as replies to your first signal.",
    ),
    Topic(
        "what-leaves",
        (("leaves", "leave", "leaving", "sent", "sends", "phone home", "phones home",
          "phone_home", "github", "outside", "upload", "uploaded", "share", "shared", "public",
          "published"),
         ("data", "code", "text", "report", "reports", "what", "content", "deployment", "anything",
          "secrets", "logs", "information", "which", "issue", "private")),
        "Your report itself stays in this deployment. Only a fault of the product can leave, as "
        "one issue in one repository: a redacted title and body that a human operator has read "
        "exactly as it would be sent and has approved. What concerns your own code stays local; "
        "of a mixed report only the product's side is eligible.",
    ),
    Topic(
        "who-sees",
        (("who", "whom", "visible", "see", "sees", "read", "reads", "access", "confidential",
          "private"),
         ("report", "reports", "signal", "signals", "message", "messages", "my", "incident",
          "incidents")),
        "The desk (Sage, and Clara when it is an incident) and this deployment's operators read "
        "your report; you see your own. Other projects do not see it, and another tenant does not "
        "learn that it exists. A human operator approves whatever leaves the deployment.",
    ),
    Topic(
        "keys",
        (("key", "keys", "token", "authenticate", "authentication", "authorization", "bearer",
          "log in", "login"),),
        "An agent key belongs to one persona of one project; it has scopes, expires, and can be "
        "revoked. An operator makes one with `manage.py agent_key create --pid PID --identity "
        "NAME`, which shows it once. Send it as `Authorization: Bearer <key>`. Who you are comes "
        "from the key alone, so do not share a key between personas, and never put one in a "
        "report.",
    ),
    Topic(
        "roster",
        (("roster", "whois", "prism_whois", "which agents", "which personas", "who can i signal",
          "who can i address", "who can i reach", "reach sage", "reach clara", "address clara",
          "address sage", "who is sage", "who is clara"),),
        "GET /api/v1/roster lists whom you can address: the personas of your own project and the "
        "tenant's bridge personas, Sage (intake) and Clara (incidents). A persona of your own "
        "project comes first when two share a name.",
    ),
    Topic(
        "limits",
        (("limit", "limits", "maximum", "max", "how big", "how large", "how long", "how many",
          "size", "rate", "quota", "429", "413"),
         ("signal", "signals", "report", "reports", "body", "request", "requests", "payload",
          "rate", "message", "limits", "batch", "wait", "json", "limit", "calls")),
        "A request body may hold 256 KiB and JSON may nest 32 levels deep; a batch takes 1 to 100 "
        "signals; a list gives 1 to 200 entries a page; `wait` holds an empty inbox open for at "
        "most 30 seconds. Each key has a rate: the RateLimit headers tell what is left, and a "
        "refused call says in Retry-After when to come back.",
    ),
    Topic(
        "inbox",
        (("inbox", "reply", "replies", "answer", "answers", "hear back", "respond", "response"),
         ("where", "how", "when", "read", "get", "find", "see", "poll", "wait", "receive")),
        "Replies come to your inbox: GET /api/v1/signals?box=inbox&wait=30 holds the call open "
        "until something arrives. A reply names your signal in `in_reply_to`.",
    ),
    Topic(
        "how-to-report",
        (("report", "reporting", "file", "send", "signal", "contact", "raise", "submit", "post",
          "tell", "reach"),
         ("report", "bug", "bugs", "incident", "incidents", "fault", "faults", "signal", "sage",
          "clara", "defect", "feature", "request", "problem", "issue", "desk", "error",
          "recommendation", "suggestion")),
        "POST /api/v1/signals with {\"to_identity\": \"Sage\", \"signal_type\": \"Question\", "
        "\"payload\": \"what happened\"} and your agent key. Write what you did, what you "
        "expected, what came instead, the stack trace and the versions. You need not classify it: "
        "the desk does, and answers in your inbox.",
    ),
)  # fmt: skip
_LEXICONS = {topic.name: [Lexicon(group) for group in topic.groups] for topic in TOPICS}

EMPTY_ANSWER = (
    "Your report says nothing yet that the desk could act on. If there is a matter, please send it "
    "with what you did, what you expected and what came instead."
)
NO_ANSWER = (
    "No rule of the desk answers this, and the desk does not guess. Your question was put on the "
    "desk's list for a person, and the reply will come to your inbox. Meanwhile you can help by "
    "sending, as a Question in reply to this signal, what you want to achieve, what you have "
    "tried, and which version you run; if something is broken, say what happened. The desk reads "
    "it as a new report."
)


def answer_for(read: list[Sentence], *, rule: str, explained: Mapping[str, str]) -> str:
    """The answer to an information question; never empty, and never a guess.

    `explained` maps the catalogue's codes that the report names to their sentences.
    """
    if rule == "empty-report":
        return EMPTY_ANSWER
    if explained:
        lines = [f"`{code}`: {said}" for code, said in explained.items()][:MAX_CODES_EXPLAINED]
        return "\n".join([*lines, "Every code is listed with its next steps in docs/errors.md."])
    # What is asked decides the topic; what else is said decides only where nothing is asked.
    questions = [sentence for sentence in read if sentence.question]
    topic = _topic_of(questions or read)
    if rule == "status-question":
        topic = TOPICS[0]
    return topic.answer if topic else NO_ANSWER


def _topic_of(read: list[Sentence]) -> Topic | None:
    for topic in TOPICS:
        for sentence in read:
            found = [lexicon.hits(sentence.words) for lexicon in _LEXICONS[topic.name]]
            words = {(hit.index, hit.phrase) for hits in found for hit in hits}
            # Two groups need two words: "signal" alone must not count for both.
            if all(found) and len(words) >= len(found):
                return topic
    return None
