"""One module a baseline, each with `fit(examples)` and `predict(examples)`; the registry by task."""

from types import ModuleType

from arguendo.baselines import cue_phrases

BASELINES: dict[str, dict[str, ModuleType]] = {"span-extraction": {"cue-phrases": cue_phrases}}
