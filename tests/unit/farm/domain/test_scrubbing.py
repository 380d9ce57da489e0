"""Secrets are taken out of what is kept, in whatever form they stand there; the rest stays readable."""

import pytest

from farm.domain.scrubbing import scrub, secrets_of

SECRET = "Tr0ub4dor-and-3"

HIDING = [
    "connect to postgresql://farm:{}@db/farm failed",
    "redis://:{}@cache:6379/0",
    "GET https://api/x?token={}&page=2",
    "Authorization: Bearer {}",
    "{{'Authorization': 'Basic {}', 'Accept': '*/*'}}",
    "headers=[('authorization', '{}')]",
    "X-Ray-Authorization: Bearer {}",
    "authorization=Bearer {}",
    "Set-Cookie: session={}; Path=/",
    "password={} host=db user=farm",
    "password = '{} with blanks'",
    '"api_key": "{}"',
    "PGPASSWORD={} psql",
    "farm run --token {} --workers 2",
    "client_secret: {}",
    "connect(password=b'{}')",
    "fatal: https://{}@github.com/x.git not found",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", HIDING)
def test_a_secret_is_hidden_by_where_it_stands(text: str) -> None:
    said = scrub(text.format(SECRET + "x" * 8))
    assert SECRET not in said
    assert "***" in said


@pytest.mark.parametrize(
    "token",
    [
        "ghp_" + "a1" * 18, "hf_" + "a1" * 17, "sk-proj-" + "a1" * 16, "AKIA" + "ABCD" * 4,
        "xoxb-123456789-abcdef", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm5hIn0.c2ln",
    ],
)  # fmt: skip
def test_a_token_is_known_by_its_form(token: str) -> None:
    assert scrub(f"{token} was refused") == "*** was refused"


def test_what_the_environment_hides_is_hidden_wherever_it_stands() -> None:
    secrets = secrets_of(
        {
            "HF_TOKEN": "plain-words-that-open-a-door",
            "FARM_DATABASE": "postgresql://farm:p%40ss%2Fword@db/farm",
            "DB_PASS": "hunter22",
        },
        ["postgresql://anna:from-an-option@db/farm"],
    )
    said = scrub(
        "plain-words-that-open-a-door p@ss/word p%40ss%2Fword hunter22 from-an-option", secrets
    )
    assert said == "*** *** *** *** ***"


def test_what_is_no_secret_stays() -> None:
    environment = {
        "TOKENIZERS_PARALLELISM": "falsefalse",
        "RAY_AUTH_MODE": "disabled",
        "RAY_AUTH_TOKEN_PATH": "/home/anna/token",
        "PWD": "/home/anna/film",
        "SSH_AUTH_SOCK": "/run/ssh.sock",
        "A_TOKEN": "yes",
    }
    assert secrets_of(environment) == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "KeyError: 'high_noise'",
        "key = 'high_noise'",
        "max_tokens=512 of 77 tokens: 5 left",
        "http://127.0.0.1:8265/#/jobs/farm-ads",
        "File \"/srv/farm/worker.py\", line 140, in render",
        "the bearer of good news",
    ],
)  # fmt: skip
def test_an_ordinary_line_is_left_alone(text: str) -> None:
    assert scrub(text) == text


def test_what_no_database_keeps_is_written_out() -> None:
    assert scrub("a\0b \udc80") == "a\\x00b \\udc80"
