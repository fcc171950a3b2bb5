"""Why a model could not help, each cause with one sentence for people and what they can do."""

from __future__ import annotations

from platform_core.domain.model_calls import AttemptStatus, Cause, Degradation
from platform_core.errors import Unavailable

_SENTENCES = {
    Cause.NO_MODEL: ("No model is configured.", "Set DEEPINFRA_API_KEY or LLM_BASE_URL to have one asked."),
    Cause.NO_WORKER: (
        "No worker is running, and only workers ask models.",
        "Start one: python -m platform_core worker.",
    ),
    Cause.NOT_INSTALLED: ("CrewAI is not installed here.", "Install the requirements of the workbench."),
    Cause.UNREACHABLE: ("Nothing answers at the model's address.", "Start the model server or check LLM_BASE_URL."),
    Cause.UNAUTHORISED: ("The endpoint refused the key (401).", "Check DEEPINFRA_API_KEY or LLM_API_KEY."),
    Cause.NO_SUCH_MODEL: ("The endpoint knows no such model or address (404).", "Check the model's name and address."),
    Cause.OVERLOADED: ("The endpoint asked to slow down (429).", "Wait, or lower LLM_REQUESTS_PER_MINUTE."),
    Cause.SERVER_ERROR: ("The endpoint failed (5xx).", "Try again later."),
    Cause.TIMED_OUT: ("The model took too long to answer.", "Try again, or raise LLM_ATTEMPT_SECONDS."),
    Cause.TOO_LONG: ("The question was longer than the model takes in.", "Set LLM_CONTEXT_TOKENS to what it takes."),
    Cause.REFUSED: ("The endpoint refused the request.", "Look at the request in the ledger."),
    Cause.UNUSABLE: ("The model's answers could not be used.", "Try another model."),
    Cause.CIRCUIT_OPEN: ("Three questions in a row failed, so the rest was not asked.", "Try again later."),
    Cause.BUDGET: ("The budget of the run was spent.", "Raise the budget to ask about the rest."),
    Cause.DEADLINE: ("The time of the run was over.", "Raise AGENT_BUDGET_SECONDS, or run it again."),
    Cause.CANCELLED: ("The run was cancelled.", ""),
    Cause.INTERNAL: ("Something went wrong while the model was asked.", "The log has the details."),
}

_CAUSES = {
    AttemptStatus.SLOW_DOWN: Cause.OVERLOADED,
    AttemptStatus.SERVER_ERROR: Cause.SERVER_ERROR,
    AttemptStatus.TIMED_OUT: Cause.TIMED_OUT,
    AttemptStatus.CUT_OFF: Cause.SERVER_ERROR,
    AttemptStatus.UNREACHABLE: Cause.UNREACHABLE,
    AttemptStatus.UNAUTHORISED: Cause.UNAUTHORISED,
    AttemptStatus.NOT_FOUND: Cause.NO_SUCH_MODEL,
    AttemptStatus.TOO_LONG: Cause.TOO_LONG,
    AttemptStatus.FORM_REFUSED: Cause.REFUSED,
    AttemptStatus.REFUSED: Cause.REFUSED,
    AttemptStatus.TOO_LARGE: Cause.UNUSABLE,
    AttemptStatus.UNREADABLE: Cause.UNUSABLE,
    AttemptStatus.EMPTY: Cause.UNUSABLE,
    AttemptStatus.CANCELLED: Cause.CANCELLED,
    AttemptStatus.DEADLINE: Cause.DEADLINE,
}


class ModelFailed(Unavailable):
    """A question got no usable answer. The texts never look like a throttled or overlong call to CrewAI.

    CrewAI repeats whatever it takes for throttling, by class name, status code, words or cause; repeating is the
    governor's business alone, so this error carries neither a status nor a cause.
    """

    def __init__(self, cause: Cause) -> None:
        text, hint = _SENTENCES[cause]
        super().__init__(text, hint=hint)
        self.cause = cause


def degradation(cause: Cause) -> Degradation:
    """Return the sentence and the advice for a cause."""
    text, hint = _SENTENCES[cause]
    return Degradation(cause=cause, text=text, hint=hint)


def cause_of(status: AttemptStatus) -> Cause:
    """Return why a question failed whose last attempt ended in `status`."""
    return _CAUSES[status]
