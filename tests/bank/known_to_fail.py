"""What is known to fail, and what it's worth. Written by `tests.bank.test_shipped_heard`."""

from collections.abc import Mapping

KNOWN: Mapping[str, Mapping[str, float]] = {
    "model answer": {
        "eventual-consistency": 0.91,
        "join-or-union": 0.91,
    },
    "negated claims": {
        "bottleneck-story": 0.45,
    },
    "another's answer": {
        "black-friday-endpoint": 0.40,
        "bottleneck-story": 0.85,
        "cap-theorem": 0.35,
        "cdn": 0.23,
        "cpu-after-release": 0.52,
        "csrf": 0.57,
        "decision-under-pressure": 0.44,
        "design-messenger": 0.48,
        "difficult-colleague": 0.56,
        "distributed-consistency": 0.32,
        "eventual-consistency": 0.58,
        "exactly-once-payments": 0.29,
        "failover": 0.50,
        "faster-backend": 0.71,
        "flash-sale": 0.38,
        "gradual-slowdown": 0.76,
        "hard-problem-story": 0.30,
        "high-availability": 0.80,
        "link-shortener": 0.33,
        "message-queue": 0.52,
        "microservices-or-monolith": 0.38,
        "microservices-scaling": 0.56,
        "millions-of-users": 0.82,
        "monolith-to-microservices": 0.46,
        "news-site-caching": 0.40,
        "own-architecture": 0.59,
        "rest-or-graphql": 0.74,
        "rest-or-soap": 0.27,
        "setting-priorities": 0.16,
        "slow-endpoint": 1.00,
        "slow-query": 0.81,
        "social-feed": 0.74,
        "speed-up-same-contract": 0.65,
        "sql-injection": 0.67,
        "sql-or-nosql": 0.55,
        "stateful-or-stateless": 0.21,
        "surge-incident": 0.20,
        "sync-or-async": 0.50,
        "team-conflict": 0.31,
        "tight-deadlines": 0.86,
        "time-zones-many-hats": 0.21,
        "video-catalog-consistency": 0.58,
        "web-vulnerabilities": 0.59,
        "what-is-rest": 0.26,
    },
}

# model answer      bound 0.95, held by 62/64, mean 1.00, worst 0.91
# swapped subjects  bound 0.15, held by 2/2, mean 0.06, worst 0.12
# negated claims    bound 0.15, held by 63/64, mean 0.01, worst 0.45
# another's answer  bound 0.15, held by 20/64, mean 0.36, worst 1.00
# noun list         bound 0.25, held by 64/64, mean 0.00, worst 0.00
# shuffled words    bound 0.40, held by 64/64, mean 0.00, worst 0.00
