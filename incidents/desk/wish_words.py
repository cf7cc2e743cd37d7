"""The vocabulary of requests, advice and questions; a `NOT_` table holds what only looks alike."""

REQUESTS = (
    "please add", "please support", "please implement", "please provide", "please allow",
    "please make it possible", "could you add", "can you add", "could you support",
    "could you implement", "can you implement", "could you provide", "would you add",
    "can we get", "could we get", "could we have", "can we have", "it would be nice",
    "would be nice", "it would be great", "would be great", "it would be helpful",
    "would be helpful", "would be useful", "would be cool", "would be good to have", "i'd love to",
    "request add", "request allow", "request support", "it would help", "would love", "support for",
    "add support", "adding support", "i would like to have", "i'd like to have", "i wish",
    "we wish", "wish there was", "wish there were", "wishlist", "wish list", "new feature",
    "feature idea", "an option to", "a way to", "add an option", "add a flag", "add a filter",
    "add a field", "we would like to be able", "i would like to be able", "i'd like to be able",
    "missing feature", "we need a", "we need an", "i need a way", "let us", "allow us to",
)  # fmt: skip
NOT_REQUESTS = (
    "is there support for", "is there already support for", "is there a way to",
    "is there any way to", "is there an option to", "for your support", "what is a way to",
    "do you have support for", "which support for", "find a way to", "found a way to",
    "a way to contact",
)  # fmt: skip
ADVICE = (
    "we should", "you should", "prism should", "the desk should", "the docs should",
    "the team should", "should be documented", "should probably", "should rather",
    "i suggest", "we suggest", "i'd suggest", "i would suggest", "suggest to", "suggesting",
    "my suggestion", "a suggestion", "recommend", "recommends", "i recommend", "we recommend",
    "i'd recommend", "would recommend", "consider", "please consider", "better practice",
    "best practice", "it would be better", "would be better", "it is better to",
    "i propose", "we propose", "an idea", "worth considering", "it might be worth",
    "might be better", "ought to", "might want to",
)  # fmt: skip
NOT_ADVICE = (
    "do you recommend", "would you recommend", "do you suggest", "would you suggest",
    "do you consider", "what we should", "which we should", "how we should", "where we should",
    "is it best practice", "what is the best practice", "what is best practice",
    "is there a best practice", "when we should", "recommended",
)  # fmt: skip
HOW_TO = (
    "how do i", "how do we", "how do you", "how can i", "how can we", "how to", "how does",
    "how should i", "how should we", "how would i", "how would we", "how is", "how are", "how long",
    "how many", "how much", "how often", "where is", "where are", "where can i", "where can we",
    "where do i", "where do we", "where does", "where should", "where's", "what does", "what do",
    "what is", "what are", "what's", "which command", "which verb", "which setting",
    "which option", "which file", "which endpoint", "which scope", "which version", "which role",
    "which key", "which header", "which labels", "who is", "who can", "who may", "who sees",
    "who reads", "who approves", "who decides", "is there a way", "is there any way", "is there an",
    "is there a", "is there support", "is it possible", "can i", "can we", "may i", "may we",
    "do i need", "do we need", "do i have", "do we have to", "what happens", "when will",
    "when does", "when do", "link to the docs", "should i", "should we",
)  # fmt: skip
ASKS_TO_EXPLAIN = (
    "please explain", "explain how", "explain what", "explain why", "could you explain",
    "can you explain", "tell me how", "tell me where", "tell me what", "point me to",
    "i would like to know", "i'd like to know", "i want to know", "we want to know", "wondering",
    "looking for the docs", "looking for documentation", "cannot find the docs",
    "can't find the docs", "could not find the docs", "couldn't find the docs",
    "cannot find documentation", "can't find documentation", "could not find documentation",
    "need the command", "need help with", "need instructions", "question about", "a quick question",
)  # fmt: skip
MEANING = (
    "what does this error mean", "what does that error mean", "what does the error",
    "what does this code", "what is the meaning of", "what's the meaning of", "meaning of the",
    "what does the code", "what does the error code", "what does error", "what does it mean",
    "what does this mean", "what does that mean", "what is meant by", "what does",
)  # fmt: skip
STATUS = (
    "status of my", "status of our", "status of incident", "status of inc", "status of the",
    "what is the status", "what's the status", "any news", "any update", "any updates",
    "what is happening with", "what happened to my report", "what became of", "where is my report",
    "is there news", "progress on",
)  # fmt: skip
