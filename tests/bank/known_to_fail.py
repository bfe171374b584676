"""What is known to fail, and what it's worth. Written by `tests.bank.test_shipped_heard`."""

from collections.abc import Mapping

KNOWN: Mapping[str, Mapping[str, float]] = {
    "negated claims": {
        "bottleneck-story": 0.45,
    },
    "another's answer": {
        "black-friday-endpoint": 0.21,
        "bottleneck-story": 0.55,
        "code-quality": 0.52,
        "cpu-after-release": 0.17,
        "csrf": 0.19,
        "design-messenger": 0.34,
        "difficult-colleague": 0.24,
        "eventual-consistency": 0.65,
        "failover": 0.64,
        "faster-backend": 0.32,
        "flash-sale": 0.55,
        "gradual-slowdown": 0.30,
        "hard-problem-story": 0.87,
        "high-availability": 0.32,
        "link-shortener": 0.29,
        "news-site-caching": 0.21,
        "own-architecture": 0.41,
        "rest-or-graphql": 0.63,
        "rest-or-soap": 0.27,
        "sharding": 0.30,
        "slow-endpoint": 0.50,
        "slow-query": 0.29,
        "social-feed": 0.48,
        "surge-incident": 0.54,
        "sync-or-async": 0.19,
        "team-conflict": 0.73,
        "time-zones-many-hats": 0.54,
        "video-catalog-consistency": 0.17,
        "web-vulnerabilities": 0.20,
    },
}

# model answer      bound 0.95, held by 64/64, mean 1.00, worst 1.00
# swapped subjects  bound 0.15, held by 2/2, mean 0.00, worst 0.00
# negated claims    bound 0.15, held by 63/64, mean 0.01, worst 0.45
# another's answer  bound 0.15, held by 35/64, mean 0.20, worst 0.87
# noun list         bound 0.25, held by 64/64, mean 0.00, worst 0.00
# shuffled words    bound 0.40, held by 64/64, mean 0.00, worst 0.00
